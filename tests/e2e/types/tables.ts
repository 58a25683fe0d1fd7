import type { ChatKitEvents, ChatKitOptions } from "@openai/chatkit";

import { EVENTS, OPTIONS } from "./written";

type Nothing<Difference extends never> = Difference;
type KeyOf<T> = T extends unknown ? keyof T & string : never;
type At<T, Key extends string> = T extends { [Each in Key]?: infer Value } ? Value : never;
type Objects<T> = Exclude<T, string | number | boolean | null | undefined | readonly unknown[] | ((...given: never) => unknown)>;

/** The places where a table has other keys than the options: `never` if there are none. A leaf is not looked into. */
type Difference<Table, Options, Place extends string> = Table extends "leaf"
  ? never
  : Table extends readonly [infer Each]
    ? Difference<Each, Extract<Options, readonly unknown[]>[number], `${Place}[]`>
    : DifferenceOfKeys<Table, Objects<Options>, Place>;

type DifferenceOfKeys<Table, Options, Place extends string> =
  | `missing: ${Place}.${Exclude<KeyOf<Options>, KeyOf<Table>>}`
  | `unknown: ${Place}.${Exclude<KeyOf<Table>, KeyOf<Options>>}`
  | {
      [Key in KeyOf<Table> & KeyOf<Options>]: Difference<At<Table, Key>, At<Options, Key>, `${Place}.${Key}`>;
    }[KeyOf<Table> & KeyOf<Options>];

/** The option table names the keys of the published options, all the way down. */
export type OptionsAgree = Nothing<Difference<typeof OPTIONS, ChatKitOptions, "options">>;

/** The event table names the published events. */
type Events = (typeof EVENTS)[number];
export type EventsAgree = Nothing<Exclude<Events, keyof ChatKitEvents> | Exclude<keyof ChatKitEvents, Events>>;

/** Keys whose options are objects are looked into: none of these is a leaf. */
type Leaves<Table> = { [Key in KeyOf<Table>]: At<Table, Key> extends "leaf" ? Key : never }[KeyOf<Table>];
type Plain = "locale" | "frameTitle" | "initialThread" | "onClientTool";
export type NoneIsSkipped = Nothing<Exclude<Leaves<typeof OPTIONS>, Plain>>;
