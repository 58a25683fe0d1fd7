/** One thread: its properties, its conversation, and its controls. */

import { badge, button, copyButton, empty, facts, h, jsonView, link, sure, tabs } from "./ui.js";
import { agoOf, momentOf } from "./clocks.js";
import { paced } from "./api.js";
import { readingView } from "./reading.js";
import { askReason } from "./reason.js";
import { Name } from "./name.js";

const LOOK = 1000; // milliseconds between two requests: the feed reports a reply only when it is complete
const NEAR = 120; // pixels from the bottom within which the view keeps following new content
const TABS = ["Conversation", "JSON"];

/** Return the view of one thread, named by its project and id. */
export function threadView(app, { parts: [project, id] }) {
  const page = new ThreadPage(app, project, id);
  return {
    title: `Thread ${id}`,
    element: page.element,
    changed(news) {
      const wanted = page.thread ? ["thread", "request", "reset", "restored", "loaded"] : ["restored", "loaded"];
      if (news.touches(...wanted)) page.look();
    },
    tick() {
      page.tellAge();
      if (page.thread && !document.hidden) page.look();
    },
    leave: () => (page.left = true),
  };
}

class ThreadPage {
  constructor(app, project, id) {
    Object.assign(this, { app, project, id, path: `threads/${encodeURIComponent(id)}` });
    this.look = paced(() => this.read(), LOOK);
    this.name = new Name((title) => this.change({ title }));
    this.status = h("span", { role: "status" });
    this.buttons = h("div", { class: "buttons" });
    this.facts = h("div", { class: "holds-facts" });
    this.age = h("span", { class: "faint" });
    this.body = h("div");
    this.changes = 0;
    const back = h("a", { class: "back", href: String(app.href("threads")) }, "All threads");
    const head = h("div", { class: "title" }, this.name.element, this.status, this.buttons);
    this.element = h("div", { class: "view thread" }, back, head, this.facts, this.body);
    this.read();
  }

  async read() {
    if (this.left) return;
    const { changes } = this;
    try {
      const thread = await this.app.ask(this.path, { query: { project: this.project } });
      if (changes === this.changes) this.take(thread); // else it may be older than what is shown already
    } catch (error) {
      if (error.status && !this.left) this.lose(error);
    }
  }

  /** Show the current state; touch only what changed. */
  take(thread) {
    const now = JSON.stringify(thread);
    if (this.left || now === this.known) return;
    this.known = now;
    this.thread = thread;
    this.name.set(thread.title);
    this.drawStatus(thread.status);
    this.drawFacts(thread);
    if (this.reading) this.renew();
    else this.begin();
  }

  /** Show that the thread does not exist, or no longer exists. */
  lose({ status, message }) {
    if (this.thread && status !== 404) return;
    this.known = undefined;
    this.reading = undefined;
    this.name.set(this.id);
    this.name.lock();
    this.status.replaceChildren();
    this.buttons.replaceChildren();
    this.facts.replaceChildren();
    const title = this.thread ? "This thread no longer exists" : "Thread not found";
    this.body.replaceChildren(empty(title, message));
    this.thread = undefined;
  }

  drawStatus({ type }) {
    if (this.shownStatus === type && this.buttons.childElementCount) return;
    this.shownStatus = type;
    this.status.replaceChildren(badge(type));
    const become = (status) => () => this.change({ status });
    const end = (words, kind) => button(words, () => this.end(words, kind));
    this.buttons.replaceChildren(
      ...(type === "active" ? [end("Lock", "locked")] : [button("Reopen", become({ type: "active" }))]),
      ...(type === "closed" ? [] : [end("Close", "closed")]),
      button("Delete", () => this.delete(), { tone: "danger" }),
    );
  }

  drawFacts({ id, user, project, session, created_at: created, items, status, title }) {
    const shown = JSON.stringify([user, session, created, items.length, status.reason, title]);
    if (shown === this.shownFacts && this.facts.childElementCount) return;
    this.shownFacts = shown;
    const { app } = this;
    this.facts.replaceChildren(
      facts([
        ["ID", h("code", {}, id)],
        ["User", user],
        ["Project", project],
        ["Session", session ? link(app.href("sessions", [project, session]), h("code", {}, session)) : "Unknown"],
        ["Created", momentOf(created), " ", this.age],
        ["Items", items.length.toLocaleString("en")],
        status.reason && ["Reason", status.reason],
      ]),
    );
    this.tellAge();
  }

  tellAge() {
    if (this.thread) this.age.textContent = agoOf(this.app.clocks.now(this.project) - this.thread.created_at);
  }

  begin() {
    const { app } = this;
    this.reading = readingView(this.thread.items);
    this.json = new Json(this.thread);
    this.blank = h("p", { class: "faint" }, "This thread has no items.");
    const wanted = TABS.find((name) => name.toLowerCase() === app.place.query.get("tab"));
    const pages = [
      ["Conversation", () => h("div", {}, this.blank, this.reading)],
      ["JSON", () => this.json.element],
    ];
    const chosen = (name) => app.note({ tab: name === TABS[0] ? null : name.toLowerCase() });
    this.body.replaceChildren(tabs("Thread", pages, wanted, chosen));
    this.blank.hidden = this.thread.items.length > 0;
  }

  renew() {
    const scroller = this.element.closest("main");
    const room = scroller && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    this.reading.update(this.thread.items);
    this.json.set(this.thread);
    this.blank.hidden = this.thread.items.length > 0;
    const isAlong = scroller && scroller.scrollTop > 0 && room < NEAR;
    if (isAlong && this.reading.isConnected) scroller.scrollTop = scroller.scrollHeight;
  }

  async change(body) {
    const query = { project: this.project };
    const changed = await this.app.attempt(() => this.app.ask(this.path, { method: "PATCH", query, body }));
    this.changes += 1;
    if (changed) this.take(changed);
    if (changed && body.status) this.buttons.firstElementChild.focus(); // the pressed button is gone
    return Boolean(changed);
  }

  /** Lock or close the thread, after asking for an optional reason. */
  async end(words, type) {
    const reason = await askReason(`${words} this thread?`, words);
    if (reason !== undefined) await this.change({ status: { type, reason: reason || null } });
  }

  async delete() {
    if (!(await sure("Delete this thread and all its messages?", "Delete"))) return;
    const { app } = this;
    const query = { project: this.project };
    const deleted = await app.attempt(() => app.ask(this.path, { method: "DELETE", query }));
    if (!deleted) return;
    app.toast("Thread deleted.");
    if (!this.left) app.go(app.href("threads"));
  }
}

/** The thread as JSON, updated in place. */
class Json {
  constructor(value) {
    this.element = h("div", { class: "code" });
    this.set(value);
  }

  set(value) {
    const { scrollTop = 0 } = this.element.firstChild ?? {};
    const shown = jsonView(value, "Thread as JSON");
    this.value = value;
    if (this.element.firstChild) this.element.firstChild.replaceWith(shown);
    else
      this.element.append(
        shown,
        copyButton("Copy JSON", () => JSON.stringify(this.value, null, 2)),
      );
    shown.scrollTop = scrollTop;
  }
}
