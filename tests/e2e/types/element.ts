import type { OpenAIChatKit } from "@openai/chatkit";

import { OpenAIChatKitElement } from "../../../mock_server/element/static/page/element.js";

/** The element has every method of the published interface. */
export const element: OpenAIChatKit = new OpenAIChatKitElement();

type Nothing<Difference extends never> = Difference;
type Method = Exclude<keyof OpenAIChatKit, keyof HTMLElement>;
type Count<F> = F extends (...given: infer Given) => unknown ? Required<Given>["length"] : never;

/** And each takes as many arguments. */
export type CountsAgree = Nothing<
  {
    [Name in Method]: Count<OpenAIChatKitElement[Name]> extends Count<OpenAIChatKit[Name]> ? never : Name;
  }[Method]
>;
