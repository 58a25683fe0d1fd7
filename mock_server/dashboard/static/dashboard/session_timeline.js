/** The history of a session, newest first: its status changes and the requests that used it. */

import { badge, h, link, statusBadge } from "./ui.js";
import { millisecondsOf, momentOf } from "./clocks.js";
import { Keyed } from "./keyed.js";

const CAUSES = { created: "Created", cancelled: "Cancelled", expired: "Expired", forced: "Forced to expire" };

export class Timeline {
  constructor(app, project, id) {
    Object.assign(this, { app, project });
    this.list = h("ol", { class: "timeline" });
    this.more = h(
      "p",
      { class: "faint", hidden: true },
      link(app.href("requests", [], { session: id }), "All requests"),
    );
    this.element = h("div", {}, this.list, this.more);
    this.keyed = new Keyed(
      this.list,
      ({ key }) => key,
      () => new Line(this),
    );
  }

  /** Show the history. `requests` are the newest ones; `hasMore`: there are older ones. */
  show(transitions, requests, hasMore) {
    const changes = transitions.map((change, number) => ({ key: `change ${number}`, at: change.at, change })).reverse();
    const used = requests.map((request) => ({ key: request.id, at: request.at, request }));
    this.keyed.show([...changes, ...used].sort((one, other) => other.at - one.at));
    this.more.hidden = !hasMore;
  }

  words({ change, request }) {
    return change ? [h("strong", {}, CAUSES[change.cause]), " ", badge(change.status)] : this.ofRequest(request);
  }

  ofRequest({ id, operation, method, path, status, outcome, milliseconds, fault }) {
    return [
      link(this.app.href("requests", [this.project, id]), h("bdi", {}, operation ?? `${method} ${path}`)),
      " ",
      outcome === "open" && !status ? badge("open") : statusBadge(status),
      outcome === "open" ? " still running " : ` ${millisecondsOf(milliseconds)} `,
      fault ? badge(fault, "bad") : "",
    ];
  }
}

class Line {
  constructor(timeline) {
    this.timeline = timeline;
    this.time = h("time", { class: "faint" });
    this.words = h("span");
    this.element = h("li", {}, this.time, this.words);
  }

  update(entry) {
    const facts = JSON.stringify(entry);
    if (facts === this.facts) return;
    this.facts = facts;
    const hadFocus = this.words.contains(document.activeElement);
    this.time.textContent = momentOf(entry.at);
    this.words.replaceChildren(...this.timeline.words(entry));
    if (hadFocus) this.words.querySelector("a")?.focus();
  }
}
