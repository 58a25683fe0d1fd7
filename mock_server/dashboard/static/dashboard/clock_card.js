/** One project's clock, with what can be done to it. */

import { badge, button, choice, field, h } from "./ui.js";
import { momentOf, spanOf } from "./clocks.js";

const SPEEDS = [
  ["1", "As fast as the world"],
  ["10", "10 times"],
  ["60", "A minute a second"],
  ["600", "10 minutes a second"],
];
const STEPS = [
  ["−10 min", "-10m"],
  ["+1 min", "1m"],
  ["+10 min", "10m"],
  ["+1 h", "1h"],
];
const UNMOVED = 2; // seconds by which a clock may differ from the world's and still be told as real time

export class ClockCard {
  /** `moved()` is called after each move. */
  constructor(app, project, moved) {
    Object.assign(this, { app, project, moved });
    this.time = h("time", { class: "now" });
    this.state = h("span", { role: "status" });
    this.failure = h("p", { class: "failure", role: "alert", hidden: true });
    this.stop = button("Freeze", () => this.set({ freeze: "now" }));
    this.back = button("Resume", () => this.set({ resume: "now" }));
    this.speed = choice("speed", SPEEDS, "1", (factor) => this.set({ scale: Number(factor) }));
    this.element = h(
      "section",
      { class: "section clock", "aria-label": `Clock of ${project}` },
      h("div", { class: "title" }, h("h2", {}, project), this.state),
      this.time,
      h(
        "div",
        { class: "buttons" },
        STEPS.map(([words, span]) => button(words, () => this.set({ shift: span }))),
        this.stop,
        this.back,
      ),
      h("div", { class: "filters" }, this.jump(), field("Speed", this.speed)),
      this.failure,
    );
    this.tick();
  }

  jump() {
    const at = h("input", { name: "at", placeholder: "2026-01-01T00:00:00Z", spellcheck: "false", size: 22 });
    const go = (event) => {
      event.preventDefault();
      const text = at.value.trim();
      return this.set({ travel_to: /^\d+(\.\d+)?$/.test(text) ? Number(text) : text });
    };
    return h("form", { class: "jump", onsubmit: go }, field("Jump to", at), h("button", { class: "button" }, "Go"));
  }

  get clock() {
    return this.app.clocks.state(this.project);
  }

  async set(body) {
    this.failure.hidden = true;
    try {
      this.app.clocks.set(await this.app.ask("clock", { method: "PUT", query: { project: this.project }, body }));
    } catch (error) {
      this.failure.textContent = error.message;
      this.failure.hidden = false;
    }
    this.tick();
    this.moved();
  }

  tick() {
    const { clock } = this;
    if (!clock) return;
    const now = this.app.clocks.now(this.project);
    const apart = now - Date.now() / 1000;
    this.time.textContent = momentOf(now);
    this.state.replaceChildren(...this.words(clock, apart));
    this.stop.hidden = clock.frozen;
    this.back.hidden = !clock.frozen && clock.factor === 1 && Math.abs(apart) < UNMOVED;
    if (document.activeElement !== this.speed) this.speed.value = clock.frozen ? "" : String(clock.factor);
  }

  words({ frozen, factor }, apart) {
    const state = frozen
      ? badge("frozen", "info")
      : factor === 1
        ? badge("running", "good")
        : badge(`${factor} times as fast`, "warn");
    if (Math.abs(apart) < UNMOVED) return [state, h("span", { class: "faint" }, " real time")];
    return [
      state,
      h("span", { class: "faint" }, ` ${spanOf(Math.abs(apart))} ${apart > 0 ? "ahead of" : "behind"} real time`),
    ];
  }
}
