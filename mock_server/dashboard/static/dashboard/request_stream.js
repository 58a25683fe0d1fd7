/** The events of a response stream, on a time axis and in a list. */

import { button, h, jsonView, section, toggle } from "./ui.js";
import { Lane } from "./request_lane.js";

const FIRST = 200; // entries shown before "Show all"
const BATCH = 250; // entries created per animation frame
const SAID = 120; // characters of an event's text in its summary

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

  /** Show a record's events; entries that exist already are kept. */
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
    const choice = toggle("Start the axis at the first event", this.lane.fromFirst, (on) => {
      this.app.note({ axis: on ? "events" : "" });
      this.lane.begin(on);
    });
    const all = h("div", { class: "buttons" }, this.more);
    const shown = section("", choice, this.lane.element, this.list, all);
    this.title = shown.querySelector("h2");
    this.element.replaceChildren(shown);
    this.element.hidden = false;
  }

  /** Add missing entries up to the limit, in batches per animation frame so that the page stays responsive. */
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

  /** Highlight the dot of the entry that is hovered or focused. */
  mark(target) {
    const entry = target.closest("[data-at]");
    this.lane.mark(entry ? Number(entry.dataset.at) : undefined);
  }
}

/** Return a summary of an event that expands to its JSON. */
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

/** Return the tone, and thus the colour, of an event's dot. */
function toneOf(event) {
  const type = typeOf(event);
  if (type === "error") return "bad";
  if (type.startsWith("thread.item.")) return type === "thread.item.updated" ? "dim" : "good";
  return type.startsWith("thread.") ? "info" : "warn";
}

function typeOf(event) {
  return String(event?.type ?? "no type");
}

/** Return the type of the item or update of an event, or "". */
function kindOf(event) {
  return String(event?.item?.type ?? event?.update?.type ?? "");
}

/** Return the text of an event: a delta, a message or a title. */
function wordsOf(event) {
  return String(event?.update?.delta ?? event?.message ?? event?.thread?.title ?? "").slice(0, SAID);
}

/** Format the milliseconds since the start of the request, with one decimal so that they align. */
function offsetOf(milliseconds) {
  return `${milliseconds.toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 })} ms`;
}
