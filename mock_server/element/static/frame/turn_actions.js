/** The buttons below the last item of a reply: copy, feedback, retry. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

export class TurnActions {
  constructor(chat) {
    this.chat = chat;
    this.element = h("div", { class: "actions", hidden: true });
  }

  /** Show the buttons for the item at `index`, if a turn ends there. */
  draw(items, index) {
    const { conversation, options } = this.chat;
    const next = items[index + 1];
    const running = conversation.turn && !next;
    const ends = items[index].type !== "user_message" && (!next || next.type === "user_message") && !running;
    this.element.hidden = !ends;
    if (!ends) return this.forget();
    const turn = turnAt(items, index);
    const facts = `${turn.answer.map(({ id }) => id)}|${turn.question?.id}|${JSON.stringify(options.threadItemActions)}`;
    if (facts === this.facts) return;
    this.facts = facts;
    this.element.replaceChildren(...this.buttons(turn));
  }

  forget() {
    this.facts = undefined;
    this.element.replaceChildren();
  }

  buttons({ answer, question }) {
    const { feedback, retry } = this.chat.options.threadItemActions;
    const text = answer.map(textOf).filter(Boolean).join("\n\n");
    return [
      text && iconButton("Copy", "lucide:copy", (button) => this.copy(text, button)),
      feedback && iconButton("Good response", "lucide:thumbs-up", (button) => this.judge(answer, "positive", button)),
      feedback && iconButton("Bad response", "lucide:thumbs-down", (button) => this.judge(answer, "negative", button)),
      retry &&
        question &&
        iconButton("Retry", "reload", () => this.chat.conversation.retry(question.id).catch(() => {})),
    ].filter(Boolean);
  }

  async copy(text, button) {
    await navigator.clipboard?.writeText(text).catch(() => {});
    button.replaceChildren(icon("check"));
    setTimeout(() => button.replaceChildren(icon("lucide:copy")), 1500);
  }

  async judge(answer, kind, button) {
    for (const each of this.element.querySelectorAll("[aria-pressed]")) each.removeAttribute("aria-pressed");
    button.setAttribute("aria-pressed", "true");
    const { conversation } = this.chat;
    const ids = answer.map(({ id }) => id);
    const taken = await this.chat.attempt(
      conversation.transport.call("items.feedback", { thread_id: conversation.threadId, item_ids: ids, kind }),
    );
    if (!taken) button.removeAttribute("aria-pressed");
  }
}

function iconButton(name, sign, act) {
  const button = h(
    "button",
    { type: "button", class: "icon-button", "aria-label": name, title: name, onclick: () => act(button) },
    icon(sign),
  );
  return button;
}

/** Return the items of the reply that ends at `index`, and the message before it. */
function turnAt(items, index) {
  let start = index;
  while (start > 0 && items[start - 1].type !== "user_message") start -= 1;
  return { answer: items.slice(start, index + 1), question: items[start - 1] };
}

function textOf(item) {
  if (item.type === "widget") return item.copy_text;
  return item.type === "assistant_message" ? (item.content ?? []).map(({ text }) => text).join("\n\n") : undefined;
}
