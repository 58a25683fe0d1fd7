/** A histogram of session expiries on a time axis that starts now. */

import { h, svg } from "./ui.js";
import { spanOf } from "./clocks.js";

const [HEIGHT, HEAD, FOOT] = [150, 18, 24]; // pixels
const ROOM = 90; // pixels per label
const PARTS = 6; // maximum number of intervals between labels
const DAY = 86_400;
const STEPS = [
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1800,
  3600,
  7200,
  21_600,
  43_200,
  ...[1, 2, 5, 10, 30, 90, 365, 730, 1825, 3650].map((days) => days * DAY),
];

/** Format a number of seconds: `30 s`, `10 min`, `1:15`. */
export function wordsOf(seconds) {
  const [size, unit] = [
    [DAY, "d"],
    [3600, "h"],
    [60, "min"],
  ].find(([size]) => seconds >= size && seconds % size === 0) ?? [1, "s"];
  return size === 1 && seconds >= 60 ? spanOf(seconds) : `${seconds / size} ${unit}`;
}

/** Round a number of seconds up to a multiple of the axis's step. */
export function roundOf(seconds, parts = PARTS) {
  const step = stepOf(seconds, parts);
  return Math.max(1, Math.ceil(seconds / step)) * step;
}

function stepOf(seconds, parts) {
  return STEPS.find((step) => seconds / step <= parts) ?? STEPS.at(-1) * Math.ceil(seconds / STEPS.at(-1) / parts);
}

export class ExpiryAxis {
  constructor() {
    this.drawing = h("div", { class: "drawing" });
    this.rows = h("tbody");
    this.table = h(
      "details",
      { class: "axis-table", ontoggle: () => this.tabulate() },
      h("summary", {}, "Show as table"),
      table(this.rows),
    );
    this.element = h("div", { class: "axis" }, this.drawing, this.table);
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this.drawing);
  }

  /** Draw `{ buckets, longest, words }`: expiries per bucket over the next `longest` seconds, and a label. */
  show(counted) {
    this.counted = counted;
    this.element.hidden = !counted.buckets.some(Boolean);
    this.draw();
    this.tabulate();
  }

  draw() {
    const width = this.drawing.clientWidth;
    if (!this.counted || !width) return;
    this.drawing.replaceChildren(picture(this.counted, width));
  }

  /** Fill the table, only while it is open. */
  tabulate() {
    if (!this.table.open || !this.counted) return;
    this.rows.replaceChildren(
      ...partsOf(this.counted).map(({ from, to, count }) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, `${spanOf(from)} to ${spanOf(to)}`),
          h("td", {}, count.toLocaleString("en")),
        ),
      ),
    );
  }

  leave() {
    this.resized.disconnect();
  }
}

function table(rows) {
  const heads = ["Time from now", "Expiring sessions"].map((words) => h("th", { scope: "col" }, words));
  return h("table", { class: "settings" }, h("thead", {}, h("tr", {}, heads)), rows);
}

/** Return the buckets that are not empty, as `{ from, to, count }` in seconds from now. */
function partsOf({ buckets, longest }) {
  const size = longest / buckets.length;
  return buckets.map((count, at) => ({ count, from: at * size, to: (at + 1) * size })).filter(({ count }) => count);
}

function picture({ buckets, longest, words }, width) {
  const parts = Math.max(2, Math.min(PARTS, Math.floor(width / ROOM)));
  const [step, whole] = [stepOf(longest, parts), roundOf(longest, parts)];
  const ticks = Array.from({ length: Math.round(whole / step) + 1 }, (_, at) => at * step);
  const floor = HEIGHT - FOOT;
  return svg(
    "svg",
    { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": words },
    scale(Math.max(...buckets), width),
    svg("line", { x1: 0, x2: width, y1: floor, y2: floor }),
    bars({ buckets, longest }, width / whole),
    ticks.map((seconds) => tick((seconds / whole) * width, seconds, whole)),
  );
}

/** Label the height of the highest bar. */
function scale(most, width) {
  return [
    svg("line", { class: "most", x1: 0, x2: width, y1: HEAD, y2: HEAD }),
    svg("text", { x: 0, y: HEAD - 5 }, most.toLocaleString("en")),
  ];
}

function bars(counted, pixels) {
  const most = Math.max(...counted.buckets);
  const floor = HEIGHT - FOOT;
  return partsOf(counted).map(({ count, from, to }) => {
    const height = Math.max(3, (count / most) * (floor - HEAD));
    const shape = { x: from * pixels + 0.5, y: floor - height, width: Math.max(1, (to - from) * pixels - 1), height };
    const words = `${count} ${count === 1 ? "expires" : "expire"} between ${spanOf(from)} and ${spanOf(to)} from now`;
    return svg("rect", { ...shape, rx: 1.5, class: to <= 60 ? "soon" : null }, svg("title", {}, words));
  });
}

function tick(x, seconds, whole) {
  const anchor = seconds === 0 ? "start" : seconds === whole ? "end" : "middle";
  const words = seconds === 0 ? "now" : `+${wordsOf(seconds)}`;
  const floor = HEIGHT - FOOT;
  return [
    svg("line", { x1: x, x2: x, y1: floor, y2: floor + 5 }),
    svg("text", { x, y: HEIGHT - 4, "text-anchor": anchor, class: seconds === 0 ? "now" : null }, words),
  ];
}
