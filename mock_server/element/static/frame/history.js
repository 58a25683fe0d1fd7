/** The history dialog: open, rename and delete the user's threads. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

const ALL = 9999; // limit of list requests (observed)

export class History {
  constructor(chat) {
    this.chat = chat;
    this.list = h("ul", { class: "threads" });
    this.state = h("p", { class: "state", role: "status" });
    this.closeButton = h(
      "button",
      { type: "button", class: "icon-button", "aria-label": "Close history", onclick: () => this.close() },
      icon("close"),
    );
    this.element = h(
      "dialog",
      { class: "history", "aria-label": "History" },
      h("div", { class: "top" }, h("h2", {}, "History"), this.closeButton),
      this.state,
      this.list,
    );
    this.element.addEventListener("cancel", (event) => {
      event.preventDefault(); // Escape: close through close() as well
      this.close();
    });
    this.element.addEventListener("click", ({ target }) => target === this.element && this.close());
  }

  async open() {
    if (this.element.open) return;
    this.element.showModal();
    this.chat.emit("history.open");
    await this.load();
  }

  close() {
    if (!this.element.open) return;
    this.element.close();
    document.body.append(this.chat.toasts);
    this.chat.emit("history.close");
  }

  /** Load the threads. */
  async load() {
    this.state.textContent = "Loading";
    this.state.hidden = false;
    try {
      this.draw(await this.all());
    } catch (error) {
      this.state.replaceChildren(
        error.shown ?? "The history could not be loaded.",
        " ",
        h("button", { type: "button", onclick: () => this.load() }, "Retry"),
      );
      this.chat.emit("error", { error });
    }
  }

  async all() {
    const threads = [];
    for (let after; ; after = threads.at(-1).id) {
      const page = await this.chat.transport.call("threads.list", { limit: ALL, order: "desc", after });
      threads.push(...page.data);
      if (!page.has_more || !page.data.length) return threads;
    }
  }

  draw(threads) {
    this.state.textContent = threads.length ? "" : "No conversations yet";
    this.state.hidden = threads.length > 0;
    this.list.replaceChildren(...threads.map((thread) => this.row(thread)));
    if (!this.element.contains(document.activeElement)) this.closeButton.focus(); // the focused element is gone
  }

  row(thread) {
    const { showRename, showDelete } = this.chat.options.history;
    const current = thread.id === this.chat.conversation.threadId;
    const title = titleOf(thread);
    const open = h(
      "button",
      { type: "button", class: "thread", "aria-current": current && "true", onclick: () => this.choose(thread) },
      h("span", { class: "title" }, title),
      h("time", { datetime: thread.created_at, "aria-hidden": "true" }, this.dayOf(thread)),
    );
    const row = h(
      "li",
      {},
      open,
      showRename && this.button("Rename thread", title, "write", () => this.rename(row, thread)),
      showDelete && this.button("Delete thread", title, "lucide:trash", () => this.confirmDelete(row, thread)),
    );
    return row;
  }

  button(name, title, sign, act) {
    return h(
      "button",
      { type: "button", class: "icon-button", "aria-label": name, title: `${name}: ${title}`, onclick: act },
      icon(sign),
    );
  }

  dayOf({ created_at: moment }) {
    const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(moment);
    const date = new Date(zoned ? moment : `${moment}Z`); // a time without a zone is in UTC (observed)
    return Number.isNaN(date.getTime())
      ? ""
      : new Intl.DateTimeFormat(this.chat.options.locale, { dateStyle: "medium" }).format(date);
  }

  choose(thread) {
    this.close();
    this.chat.show(thread.id);
  }

  rename(row, thread) {
    const field = h("input", { "aria-label": "New title", maxlength: 200, required: true });
    field.value = titleOf(thread);
    const form = h(
      "form",
      { onsubmit: (event) => this.saveTitle(event, thread, field.value.trim()) },
      field,
      h("button", { type: "submit", class: "primary" }, "Save"),
      h(
        "button",
        { type: "button", class: "quiet", onclick: () => this.leave(row, thread, "Rename thread") },
        "Cancel",
      ),
    );
    row.replaceChildren(form);
    field.select();
  }

  /** Show the thread's row again, and focus the button that replaced it. */
  leave(row, thread, button) {
    const again = this.row(thread);
    row.replaceWith(again);
    again.querySelector(`[aria-label="${button}"]`).focus();
  }

  async saveTitle(event, thread, title) {
    event.preventDefault();
    if (!title) return;
    const saved = await this.chat.attempt(this.chat.transport.call("threads.update", { thread_id: thread.id, title }));
    if (saved && thread.id === this.chat.conversation.threadId) this.chat.conversation.retitle(title);
    await this.load();
  }

  confirmDelete(row, thread) {
    const sure = h(
      "div",
      { class: "sure", role: "group", "aria-label": `Delete ${titleOf(thread)}?` },
      h("span", {}, `Delete “${titleOf(thread)}”?`),
      h("button", { type: "button", class: "danger", onclick: () => this.delete(thread) }, "Delete"),
      h(
        "button",
        { type: "button", class: "quiet", onclick: () => this.leave(row, thread, "Delete thread") },
        "Cancel",
      ),
    );
    row.replaceChildren(sure);
    sure.querySelector("button").focus();
  }

  async delete(thread) {
    const deleted = await this.chat.attempt(this.chat.transport.call("threads.delete", { thread_id: thread.id }));
    if (deleted && thread.id === this.chat.conversation.threadId) this.chat.show(null);
    await this.load();
  }
}

function titleOf({ title }) {
  return title || "New chat";
}
