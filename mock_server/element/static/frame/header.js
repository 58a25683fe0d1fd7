/** The header: title, the app's own buttons, "Chat history" and "New chat". */

import { h } from "./dom.js";
import { icon } from "./icons.js";

export class Header {
  constructor(chat) {
    this.chat = chat;
    this.title = h("h1");
    this.badge = h(
      "span",
      { class: "badge", data: { testid: "chatkit-emulator-badge" }, title: "Served by an emulator, not by OpenAI" },
      "Emulator",
    );
    this.element = h("header", { class: "header" });
  }

  /** Draw the buttons that the options define. */
  configure({ header, history }) {
    this.element.hidden = !header.enabled;
    const button = (name, sign, act) =>
      h("button", { type: "button", class: "icon-button", "aria-label": name, title: name, onclick: act }, icon(sign));
    const own = (action) => action && button(wordsOf(action.icon), action.icon, () => action.onClick());
    this.element.replaceChildren(
      h("div", { class: "left" }, own(header.leftAction)),
      this.title,
      h(
        "div",
        { class: "right" },
        this.badge,
        history.enabled && button("Chat history", "history", () => this.chat.history.open()),
        button("New chat", "compose", () => this.chat.show(null)),
        own(header.rightAction),
      ),
    );
    if (!header.enabled) this.chat.disclaimer.after(this.badge); // it is shown whatever the options
    this.draw();
  }

  draw() {
    const { header } = this.chat.options;
    this.title.hidden = !header.title.enabled;
    this.title.textContent = header.title.text ?? this.chat.conversation.thread?.title ?? "Chat";
    this.title.classList.toggle("hidden", header.title.text === undefined && !this.chat.conversation.thread?.title);
  }
}

function wordsOf(name) {
  return String(name)
    .replace(/^lucide:/, "")
    .replaceAll("-", " ");
}
