/** The element's events and requests, newest first. */

import { paced } from "./api.js";
import { millisecondsOf } from "./clocks.js";
import { button, h, icon, jsonView, statusBadge } from "./ui.js";

const MOST = 200; // maximum number of entries
const MISSED = 50; // requests to read from the journal when the feed left some out

export class Events {
  constructor(app, project) {
    Object.assign(this, { app, project, sessions: new Set(), known: new Set() });
    this.list = h("ol", { class: "doings", "aria-label": "Events" });
    this.nothing = h("p", { class: "faint" }, "Nothing yet. The element's events and requests appear here.");
    this.element = h(
      "section",
      { class: "happened" },
      h(
        "div",
        { class: "title" },
        h("h2", {}, "Events"),
        h(
          "div",
          { class: "buttons" },
          button("Clear", () => this.clear()),
        ),
      ),
      this.nothing,
      this.list,
    );
    this.catchUp = paced(() => this.app.attempt(() => this.lookUp()));
  }

  /** List the requests of a session too, from its first one on. */
  follow(session) {
    this.session = session;
    this.sessions.add(session);
    this.catchUp();
  }

  /** Add the requests in a batch of the feed. */
  hear(news) {
    if (news.all || news.omitted.request) this.catchUp();
    for (const { kind, project, data } of news.events) {
      if (kind === "request" && project === this.project && this.sessions.has(data.session)) this.request(data);
    }
  }

  async lookUp() {
    if (!this.session) return;
    const query = { project: this.project, session: this.session, limit: MISSED };
    const { data } = await this.app.ask("requests/summaries", { query });
    for (const { id, ...facts } of data.reverse()) this.request({ request: id, ...facts });
  }

  request(facts) {
    const { request: id, operation, method, path, status, milliseconds, fault } = facts;
    if (this.known.has(id) || facts.outcome === "open") return;
    this.known.add(id);
    const more = [method, millisecondsOf(milliseconds), fault && `fault: ${fault}`];
    const words = [operation ?? path, more.filter(Boolean).join(" · ")];
    this.put("request", words, facts, statusBadge(status), this.wayTo(id));
  }

  /** Add a failed creation of a session. */
  refused({ message, status, body, requestId }) {
    const way = requestId && this.wayTo(requestId);
    this.put("request", ["sessions.create", message], body, statusBadge(status), way);
  }

  wayTo(id) {
    const href = String(this.app.href("requests", [this.project, id]));
    const words = { "aria-label": `Open request ${id}`, title: "Open the request" };
    return h("a", { class: "tool", href, ...words }, icon("lucide:arrow-right"));
  }

  /** Add an event of the element. */
  event(name, detail) {
    const said = detail?.error instanceof Error ? { error: detail.error.message } : detail;
    this.put("event", [name, said?.error ?? summaryOf(said)], said);
  }

  /** Add a note about what this page did. */
  note(words, detail) {
    this.put("note", [words], detail);
  }

  put(kind, [words, more], detail, ...beside) {
    const [mark, way] = beside;
    const time = h("time", {}, new Date().toLocaleTimeString("en-GB"));
    const summary = [
      h("strong", {}, breakable(words)),
      h("span", { class: "faint" }, time, more && ` · ${String(more).slice(0, 200)}`),
    ];
    const told =
      detail === undefined || detail === null ? h("div", { class: "plain" }, ...summary) : folded(summary, detail);
    this.list.prepend(h("li", { data: { kind } }, told, mark, way));
    while (this.list.children.length > MOST) this.list.lastElementChild.remove();
    this.nothing.hidden = true;
  }

  clear() {
    this.list.replaceChildren();
    this.nothing.hidden = false;
  }
}

/** Split a name so that lines break only after a dot. */
function breakable(words) {
  return words.split(/(?<=[.])(?=\w)/).flatMap((part) => [part, h("wbr")]);
}

/** Return `<details>` whose content is created when it is first opened. */
function folded(summary, detail) {
  const made = h("details", {}, h("summary", {}, ...summary));
  made.addEventListener("toggle", () => made.append(jsonView(detail, "Details")), { once: true });
  return made;
}

function summaryOf(detail) {
  const values = Object.values(Object(detail)).filter((value) => ["string", "number"].includes(typeof value));
  return values.join(", ");
}
