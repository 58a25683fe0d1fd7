/** The start screen of a new thread: a greeting and prompts. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

export class StartScreen {
  constructor(chat) {
    this.chat = chat;
    this.element = h("div", { class: "start" });
  }

  configure({ startScreen: { greeting, prompts } }) {
    this.element.replaceChildren(
      h("h2", {}, greeting),
      h(
        "div",
        { class: "prompts" },
        prompts.map((prompt) =>
          h(
            "button",
            { type: "button", onclick: () => this.pick(prompt) },
            icon(prompt.icon ?? "sparkle"),
            h("span", {}, prompt.label),
          ),
        ),
      ),
    );
  }

  pick({ prompt }) {
    const content = typeof prompt === "string" ? [{ type: "input_text", text: prompt }] : prompt;
    this.chat.send({ content }).catch(() => {}); // the conversation shows the error
  }
}
