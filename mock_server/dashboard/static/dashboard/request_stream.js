/** The events of a stream: on a time axis, and below it in a list that tells each. */

import { button, h, jsonView, section, toggle } from "./ui.js";
import { Lane } from "./request_lane.js";

const FIRST = 200; // entries listed until all are asked for
const BATCH = 250; // entries made in one frame
const SAID = 120; // characters of what an event says in its line

export class StreamView {
  constructor(app) {
    this.app = app;
    this.events = [];
    this.times = [];
    this.limit = FIRST;
    this.lane = new Lane();
    this.list = h("ol", { class: "events", "aria-label": "Events" });
    this.more = button("Show all", () => this.showAll());
    this.element = h("div", { class: "column", hidden: true });
    for (const kind of ["pointerover", "focusin"]) this.list.addEventListener(kind, (event) => this.mark(event.target));
    for (const kind of ["pointerleave", "focusout"]) this.list.addEventListener(kind, () => this.lane.mark(undefined));
  }

  /** Shows a record's events; those that are there already are left alone. */
  show({ events, event_times: times, milliseconds, outcome }) {
    if (!events || (this.events.length === events.length && this.outcome === outcome)) return;
    if (!this.outcome) this.begin();
    this.outcome = outcome;
    this.events = events;
    this.times = times ?? [];
    const count = events.length.toLocaleString("en");
    this.title.textContent = events.length === 1 ? "Stream of 1 event" : `Stream of ${count} events`;
    this.lane.show(events.map(toneOf), this.times, milliseconds);
    this.more.querySelector("span").textContent = `Show all ${count}`;
    this.listed();
  }

  begin() {
    this.lane.fromFirst = this.app.place.query.get("axis") === "events";
    const choice = toggle("Begin the axis at the first event", this.lane.fromFirst, (on) => {
      this.app.note({ axis: on ? "events" : "" });
      this.lane.begin(on);
    });
    const all = h("div", { class: "buttons" }, this.more);
    const shown = section("", choice, this.lane.element, this.list, all);
    this.title = shown.querySelector("h2");
    this.element.replaceChildren(shown);
    this.element.hidden = false;
  }

  /** Lists those that are not listed yet, as far as asked for: so many in each frame that the page goes on answering. */
  listed() {
    const listed = this.list.children.length;
    const wanted = Math.min(this.limit, this.events.length);
    const end = Math.min(wanted, listed + BATCH);
    for (let at = listed; at < end; at += 1) {
      this.list.append(h("li", {}, entryOf(this.events[at], this.times[at], at)));
    }
    this.more.parentElement.hidden = wanted === this.events.length;
    if (end < wanted) requestAnimationFrame(() => this.listed());
  }

  showAll() {
    const next = this.list.children.length;
    this.limit = Infinity;
    this.listed();
    this.list.children[next].querySelector("summary").focus();
  }

  /** Lets the dot of the entry that has the pointer or the focus stand out. */
  mark(target) {
    const entry = target.closest("[data-at]");
    this.lane.mark(entry ? Number(entry.dataset.at) : undefined);
  }
}

/** A line for an event, which unfolds to all of it. */
function entryOf(event, time, at) {
  const line = h(
    "summary",
    {},
    h("span", { class: "offset" }, time === undefined ? "–" : offsetOf(time)),
    h("span", { class: "dot", data: { tone: toneOf(event) } }),
    h("span", { class: "mono" }, typeOf(event)),
    h("span", { class: "said" }, h("span", { class: "faint" }, kindOf(event)), " ", h("bdi", {}, wordsOf(event))),
  );
  const entry = h("details", { data: { at: String(at) } }, line);
  entry.addEventListener("toggle", () => entry.append(jsonView(event, `Event ${at + 1}`)), { once: true });
  return entry;
}

/** What sort of event it is, for its colour. */
function toneOf(event) {
  const type = typeOf(event);
  if (type === "error") return "bad";
  if (type.startsWith("thread.item.")) return type === "thread.item.updated" ? "dim" : "good";
  return type.startsWith("thread.") ? "info" : "warn";
}

function typeOf(event) {
  return String(event?.type ?? "no type");
}

/** What an event is about. */
function kindOf(event) {
  return String(event?.item?.type ?? event?.update?.type ?? "");
}

/** The words that come with it. */
function wordsOf(event) {
  return String(event?.update?.delta ?? event?.message ?? event?.thread?.title ?? "").slice(0, SAID);
}

/** Milliseconds since the request began, in words that can be compared line by line. */
function offsetOf(milliseconds) {
  return `${milliseconds.toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 })} ms`;
}
