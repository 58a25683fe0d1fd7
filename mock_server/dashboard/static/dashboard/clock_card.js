/** One project's clock and its controls. */

import { badge, button, choice, field, h } from "./ui.js";
import { momentOf, spanOf } from "./clocks.js";
import { JumpForm } from "./clock_jump.js";

const SPEEDS = [
  ["1", "Normal speed"],
  ["10", "10× speed"],
  ["60", "1 minute per second"],
  ["600", "10 minutes per second"],
];
const STEPS = [
  ["−10 min", "-10m"],
  ["+1 min", "1m"],
  ["+10 min", "10m"],
  ["+1 h", "1h"],
];
const UNMOVED = 2; // seconds that a clock may be off and still be shown as real time

export class ClockCard {
  /** `moved()` is called after each change of the clock. */
  constructor(app, project, moved) {
    Object.assign(this, { app, project, moved });
    this.time = h("time", { class: "now" });
    this.state = h("span", { role: "status" });
    this.apart = h("span", { class: "faint" });
    this.failure = h("p", { class: "failure", role: "alert", hidden: true });
    this.stop = button("Freeze", () => this.swap({ freeze: "now" }));
    this.back = button("Resume", () => this.swap({ resume: "now" }), { title: "Return to real time" });
    this.other = h("option", { hidden: true }); // shown for a state that is not in SPEEDS
    this.speed = choice("speed", SPEEDS, "1", (factor) => this.set({ scale: Number(factor) }));
    this.speed.prepend(this.other);
    this.jump = new JumpForm(
      (moment) => this.set({ travel_to: moment }),
      () => app.clocks.now(project),
    );
    this.element = this.card();
    this.tick();
  }

  card() {
    const steps = STEPS.map(([words, span]) => button(words, () => this.set({ shift: span })));
    return h(
      "section",
      { class: "section clock", "aria-label": `Clock of ${this.project}` },
      h("div", { class: "title" }, h("h2", {}, this.project), this.state, this.apart),
      this.time,
      h("div", { class: "buttons" }, steps, this.stop, this.back),
      h("div", { class: "filters" }, this.jump.element, field("Speed", this.speed)),
      this.failure,
    );
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

  /** Freeze and Resume replace each other: move the focus to the one that appears. */
  async swap(body) {
    await this.set(body);
    const other = this.stop.hidden ? this.back : this.stop;
    if (document.activeElement === document.body) other.focus();
  }

  tick() {
    const { clock } = this;
    if (!clock) return;
    this.tell();
    const { frozen, factor } = clock;
    const state = `${frozen} ${factor}`;
    const apart = this.app.clocks.now(this.project) - Date.now() / 1000;
    this.back.hidden = !frozen && factor === 1 && Math.abs(apart) < UNMOVED;
    if (state === this.told) return;
    this.told = state;
    this.state.replaceChildren(stateOf(clock));
    this.stop.hidden = frozen;
    this.drawSpeed(clock);
  }

  /** Update only the displayed time. */
  tell() {
    if (!this.clock) return;
    const now = this.app.clocks.now(this.project);
    this.time.textContent = momentOf(now);
    this.apart.textContent = apartOf(now - Date.now() / 1000);
  }

  drawSpeed({ frozen, factor }) {
    const isOurs = !frozen && SPEEDS.some(([value]) => value === String(factor));
    this.other.textContent = frozen ? "Stopped" : `${factor}× speed`;
    this.other.value = isOurs ? "" : "other";
    this.speed.value = isOurs ? String(factor) : "other";
  }
}

function stateOf({ frozen, factor }) {
  if (frozen) return badge("frozen", "info");
  return factor === 1 ? badge("running", "good") : badge(`${factor}× speed`, "warn");
}

function apartOf(seconds) {
  if (Math.abs(seconds) < UNMOVED) return " real time";
  return ` ${spanOf(Math.round(Math.abs(seconds)))} ${seconds > 0 ? "ahead of" : "behind"} real time`;
}
