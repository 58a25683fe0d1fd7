/** A meter for how much of something is left, as a bar and as text. */

import { h, setStyle } from "./ui.js";
import { spanOf } from "./clocks.js";

const SCARCE = 0.2; // share of the maximum

export class Gauge {
  constructor(words) {
    this.bar = h("span", { class: "fill" });
    this.value = h("strong");
    this.meter = h("div", { class: "meter", role: "meter", "aria-label": words, "aria-valuemin": 0 }, this.bar);
    this.element = h("div", { class: "gauge" }, h("span", { class: "faint" }, words), this.value, this.meter);
  }

  /** Show `left` of `most`; `most` is 0 if there is no limit to show. */
  show(left, most, words = most ? `${left} of ${most}` : "–") {
    const share = most ? Math.min(1, Math.max(0, left / most)) : 0;
    this.value.textContent = words;
    this.element.dataset.scarce = String(most > 0 && share <= SCARCE);
    setStyle(this.bar, { transform: `scaleX(${share})` });
    this.meter.setAttribute("aria-valuemax", Math.max(most, 1));
    this.meter.setAttribute("aria-valuenow", Math.min(Math.max(left, 0), Math.max(most, 1)));
    this.meter.setAttribute("aria-valuetext", words === "–" ? "none" : words);
  }

  /** Show `left` of `most` seconds. */
  showTime(left, most) {
    this.show(Math.max(0, left), most, left > 0 ? spanOf(left) : "0:00");
  }
}
