/** One request and its response. */

import { badge, codeBlock, copyButton, facts, h, icon, link, section } from "./ui.js";
import { agoOf, millisecondsOf, momentOf } from "./clocks.js";
import { paced } from "./api.js";
import { messageSection } from "./request_message.js";
import { StoreView } from "./request_store.js";
import { StreamView } from "./request_stream.js";
import { outcomeBadges } from "./requests.js";

const SHORT = 240; // characters; longer text is shortened here and shown in full further down

export function requestView(app, place) {
  const [project, id] = place.parts.length > 1 ? place.parts : [app.oneProject, place.parts[0]];
  const page = new RequestPage(app, project, id);
  page.refresh();
  return {
    title: "Request",
    element: page.element,
    changed(news) {
      if (page.isOpen ? news.touches("request", "reset") : news.all && !page.record && !page.isLost) page.refresh();
    },
    tick() {
      page.tellWhen();
      if (page.isOpen) page.refresh();
    },
  };
}

class RequestPage {
  constructor(app, project, id) {
    this.app = app;
    this.ask = (what = "") => app.ask(`requests/${encodeURIComponent(id)}${what}`, { query: { project } });
    this.refresh = paced(() => this.read());
    this.when = h("span", { class: "faint" });
    this.notice = h("p", { class: "notice", role: "status", hidden: true });
    this.content = h("div", { class: "content" }, h("h1", {}, "Request"));
    this.element = h(
      "div",
      { class: "view request" },
      h("div", { class: "back" }, link(app.href("requests"), icon("lucide:arrow-left"), "Requests")),
      this.notice,
      this.content,
    );
  }

  /** Whether the request is still running. */
  get isOpen() {
    return this.record?.outcome === "open" && !this.isLost;
  }

  async read() {
    try {
      const record = await this.ask();
      this.notice.hidden = true;
      if (this.record) this.renew(record);
      else this.begin(record);
    } catch (error) {
      this.tellOf(error);
    }
  }

  tellOf({ message, status }) {
    this.isLost = status !== 0;
    if (this.isLost && !this.record) {
      this.content.replaceChildren(h("h1", {}, "Request not found"), lost(this.app, message));
      return;
    }
    this.notice.textContent = message;
    this.notice.hidden = false;
  }

  begin(record) {
    this.head = h("div", { class: "title" });
    this.facts = h("div");
    this.response = h("div", { class: "column" });
    this.raised = h("div", { class: "column" });
    this.store = new StoreView();
    this.stream = new StreamView(this.app);
    this.content.replaceChildren(
      heading(record),
      h("div", { class: "title" }, this.head, this.buttons()),
      section("Details", this.facts),
      this.raised,
      this.store.element,
      this.stream.element,
      h("div", { class: "columns" }, messageSection("Request", record.request), this.response),
    );
    this.renew(record);
  }

  /** Show a newer state; unchanged parts keep their scroll position, open entries and selection. */
  renew(record) {
    const before = this.record;
    this.record = record;
    if (before?.status !== record.status || before.outcome !== record.outcome) {
      this.head.replaceChildren(...headOf(record), this.when);
    }
    if (JSON.stringify(before?.response) !== JSON.stringify(record.response)) {
      this.response.replaceChildren(messageSection("Response", record.response, responseNote(record)));
    }
    if (before?.outcome !== record.outcome || before.thread !== record.thread) {
      this.facts.replaceChildren(factsOf(this.app, record));
    }
    if (record.failure && before?.failure !== record.failure) {
      this.raised.replaceChildren(section("What your server raised", codeBlock(record.failure)));
    }
    this.store.show(record);
    this.stream.show(record);
    this.tellWhen();
  }

  buttons() {
    return h(
      "div",
      { class: "buttons" },
      copyButton("Copy as curl", async () => (await this.ask("/curl")).command),
      copyButton("Copy as test", async () => (await this.ask("/test")).code),
      copyButton("Copy as JSON", () => JSON.stringify(this.record, null, 2)),
    );
  }

  tellWhen() {
    if (this.record) this.when.textContent = agoOf(this.app.clocks.now(this.record.project) - this.record.at);
  }
}

function heading({ method, path, query }) {
  const address = shortened(query ? `${path}?${query}` : path);
  return h("h1", { class: "mono" }, h("span", { class: "method" }, method), " ", h("bdi", { dir: "ltr" }, address));
}

function factsOf(app, record) {
  const { id, project, operation, session, thread, user, workflow, path, query } = record;
  const hint = record.response?.headers["x-mock-hint"];
  const address = query ? `${path}?${query}` : path;
  const linked = (view, each) => link(app.href(view, [project, each]), each);
  return facts([
    hint && ["Hint", hint],
    ["Operation", operation ?? "none"],
    session && ["Session", linked("sessions", session)],
    thread && ["Thread", linked("threads", thread)],
    user !== null && ["User", shortened(user)],
    workflow !== null && ["Workflow", shortened(workflow)],
    ["Request", h("code", {}, id)],
    ["Project", project],
    address.length > SHORT && ["URL", h("div", { class: "whole", tabindex: 0 }, h("bdi", { dir: "ltr" }, address))],
  ]);
}

function* headOf({ status, outcome, fault, milliseconds, at }) {
  yield* outcomeBadges(status, outcome);
  if (fault) yield badge(`Fault: ${fault}`, "warn");
  yield h("span", {}, outcome === "open" ? "still running" : millisecondsOf(milliseconds));
  yield h("span", {}, momentOf(at));
}

function responseNote({ events, response, outcome }) {
  if (!response) return outcome === "open" ? "Not started yet." : "No response.";
  return events && "The body is a stream; its events are shown above.";
}

function lost(app, message) {
  return h(
    "div",
    { class: "empty", role: "alert" },
    h("p", {}, message),
    h("p", { class: "faint" }, "The journal keeps only the newest requests, and a reset clears it."),
    link(app.href("requests"), "View all requests"),
  );
}

function shortened(text) {
  return text.length > SHORT ? `${text.slice(0, SHORT)}…` : text;
}
