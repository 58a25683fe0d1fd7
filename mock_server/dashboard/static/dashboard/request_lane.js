/** A time axis with a dot per event. */

import { h, svg } from "./ui.js";

const STEPS = 6; // approximate number of labels
const [HEIGHT, MIDDLE, EDGE] = [58, 20, 3]; // pixels; EDGE in percent, so that the outermost dots are not cut off

export class Lane {
  constructor() {
    this.tones = [];
    this.times = [];
    this.end = 0;
    this.fromFirst = false;
    this.axis = svg("g", { class: "axis" });
    this.dots = svg("g", { class: "dots" });
    this.marked = svg(
      "g",
      { class: "marked" },
      svg("line", { y1: 2, y2: HEIGHT - 20 }),
      svg("circle", { cy: MIDDLE, r: 7 }),
    );
    this.marked.setAttribute("visibility", "hidden");
    this.picture = svg(
      "svg",
      { class: "lane", role: "img", height: HEIGHT, width: "100%" },
      this.axis,
      this.dots,
      this.marked,
    );
    this.element = h("div", { class: "laned" }, this.picture);
  }

  /** Draw a dot in its tone at each time; times and `end`, the request's duration, are in milliseconds. */
  show(tones, times, end) {
    this.tones = tones;
    this.times = times;
    this.end = Math.max(end, times.at(-1) ?? 0);
    this.draw();
  }

  /** Start the axis at the first event, or at the request. */
  begin(fromFirst) {
    this.fromFirst = fromFirst;
    this.draw();
  }

  /** Highlight the dot of the event at index `at`; undefined for none. */
  mark(at) {
    this.at = at;
    const isShown = at < this.times.length;
    this.marked.setAttribute("visibility", isShown ? "visible" : "hidden");
    if (!isShown) return;
    const [line, circle] = this.marked.children;
    for (const name of ["x1", "x2"]) line.setAttribute(name, this.placeOf(this.times[at]));
    circle.setAttribute("cx", this.placeOf(this.times[at]));
    this.marked.dataset.at = at;
  }

  get start() {
    return this.fromFirst ? (this.times[0] ?? 0) : 0;
  }

  placeOf(time) {
    const share = (time - this.start) / (this.end - this.start || 1);
    return `${(EDGE + share * (100 - 2 * EDGE)).toFixed(3)}%`;
  }

  draw() {
    const count = this.times.length;
    this.picture.setAttribute(
      "aria-label",
      count ? `${count} events from ${round(this.times[0])} ms to ${round(this.times.at(-1))} ms` : "No events",
    );
    this.axis.replaceChildren(...this.ticks());
    while (this.dots.children.length > count) this.dots.lastChild.remove();
    this.times.forEach((time, at) => this.dot(time, at));
    this.mark(this.at);
  }

  dot(time, at) {
    const dot =
      this.dots.children[at] ??
      this.dots.appendChild(svg("circle", { cy: MIDDLE, r: 4.5, data: { tone: this.tones[at] } }));
    dot.setAttribute("cx", this.placeOf(time));
  }

  *ticks() {
    yield svg("line", { x1: "0", x2: "100%", y1: HEIGHT - 20, y2: HEIGHT - 20 });
    const step = stepOf((this.end - this.start) / STEPS);
    for (let at = Math.ceil(this.start / step); at * step <= this.end; at += 1) {
      const x = this.placeOf(at * step);
      yield svg("line", { x1: x, x2: x, y1: HEIGHT - 20, y2: HEIGHT - 15 });
      yield svg("text", { x, y: HEIGHT - 3, "text-anchor": "middle" }, `${round(at * step)} ms`);
    }
  }
}

/** Round a step up to 1, 2 or 5 times a power of ten. */
function stepOf(least) {
  const power = 10 ** Math.floor(Math.log10(least || 1));
  return power * [1, 2, 5, 10].find((each) => each * power >= least);
}

function round(milliseconds) {
  return Number(milliseconds.toPrecision(6)).toLocaleString("en", { maximumFractionDigits: 3 });
}
