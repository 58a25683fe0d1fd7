/** The visible conversation: items, progress, notices and failures. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { isShown, viewOf } from "./items/index.js";
import { Markdown } from "./markdown.js";
import { TurnActions } from "./turn_actions.js";

const NEAR = 80; // pixels from the bottom within which the view keeps following new content
const NOTICE_ICONS = { info: "info", warning: "lucide:triangle-alert", danger: "lucide:circle-alert" };

export class Log {
  constructor(chat) {
    this.chat = chat;
    this.views = new Map();
    this.malformed = new Set();
    this.list = h("div", { class: "items", role: "log", "aria-label": "Conversation", "aria-live": "polite" });
    this.aside = h("div", { class: "aside" });
    this.element = h("div", { class: "log", tabindex: 0 }, this.list, this.aside);
    this.latest = h(
      "button",
      {
        type: "button",
        class: "latest",
        "aria-label": "Scroll to the end",
        hidden: true,
        onclick: () => this.follow(),
      },
      icon("lucide:arrow-down"),
    );
    this.element.addEventListener("scroll", () => this.showWay(), { passive: true });
    new ResizeObserver(() => this.keepUp()).observe(this.list); // images that load late change the height
  }

  /** Redraw the items with the ids in the set `changed`, added and removed items, and what is below them. */
  draw(changed) {
    const { conversation } = this.chat;
    const length = conversation.items.length;
    this.drawItems(conversation.items.filter(isShown), changed);
    this.list.setAttribute("aria-busy", String(Boolean(conversation.turn)));
    this.drawAside(conversation);
    if (length > (this.length ?? 0) && conversation.items.at(-1).type === "user_message") this.follow();
    this.length = length;
    this.keepUp();
  }

  /** Keep scrolling to the bottom if the user was there. */
  keepUp() {
    if (this.reading && this.chat.options.thread.autoScroll) this.follow();
    else this.showWay();
  }

  drawItems(items, changed) {
    const ids = new Set(items.map(({ id }) => id));
    for (const [id, { article }] of this.views) if (!ids.has(id)) this.forget(id, article);
    let before = null;
    items.forEach((item, index) => {
      const shown = this.shownFor(item, changed.has(item.id));
      if (!shown) return;
      shown.actions.draw(items, index);
      const place = before ? before.nextSibling : this.list.firstChild;
      if (place !== shown.article) this.list.insertBefore(shown.article, place);
      before = shown.article;
    });
  }

  /** Return the view of an item. If it cannot be drawn, log that, so that other items are still drawn. */
  shownFor(item, changed) {
    const known = this.views.get(item.id);
    if (known && known.type !== item.type) this.forget(item.id, known.article);
    if (this.malformed.has(item.id) && !changed) return this.views.get(item.id);
    try {
      const shown = this.views.get(item.id) ?? this.add(item);
      if (known === shown && changed) shown.view.update(item);
      this.malformed.delete(item.id);
    } catch (error) {
      this.malformed.add(item.id);
      const data = { id: item.id, type: item.type, message: error.message };
      this.chat.emit("log", { name: "item.malformed", data });
    }
    return this.views.get(item.id);
  }

  add(item) {
    const view = viewOf(item, this.chat);
    const actions = new TurnActions(this.chat);
    const article = h("article", { data: { itemType: item.type, itemId: item.id } }, view.element, actions.element);
    const shown = { article, view, actions, type: item.type };
    this.views.set(item.id, shown);
    return shown;
  }

  forget(id, article) {
    article.remove();
    this.views.delete(id);
  }

  drawAside({ turn, loading, progress, failure, notices }) {
    const facts = JSON.stringify([
      Boolean(turn),
      loading,
      progress,
      failure?.message,
      Boolean(failure?.retry),
      notices,
    ]);
    if (facts === this.facts) return;
    this.facts = facts;
    this.aside.replaceChildren(
      ...notices.map(drawNotice),
      ...(loading ? [h("p", { class: "progress", role: "status" }, h("span", { class: "spinner" }), "Loading")] : []),
      ...(turn ? [drawProgress(progress)] : []),
      ...(failure ? [drawFailure(failure)] : []),
    );
  }

  get atEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  follow() {
    this.element.scrollTop = this.element.scrollHeight;
    this.showWay();
  }

  showWay() {
    this.reading = this.atEnd;
    this.latest.hidden = this.reading;
  }
}

function drawProgress(progress) {
  return h(
    "p",
    { class: "progress", role: "status" },
    progress?.icon ? icon(progress.icon) : h("span", { class: "dots" }, h("i"), h("i"), h("i")),
    progress
      ? h("span", { class: "working" }, progress.text)
      : h("span", { class: "hidden" }, "The assistant is responding"),
  );
}

function drawFailure({ message, retry }) {
  return h(
    "div",
    { class: "failure", role: "alert" },
    icon("lucide:circle-alert"),
    h("p", {}, message),
    retry && h("button", { type: "button", onclick: retry }, icon("reload"), "Retry"),
  );
}

function drawNotice({ level, message, title }) {
  const words = new Markdown();
  words.set(String(message ?? ""));
  return h(
    "div",
    { class: "notice", role: level === "danger" ? "alert" : "status", data: { level } },
    icon(NOTICE_ICONS[level] ?? "info"),
    h("div", {}, title && h("strong", {}, title), words.element),
  );
}
