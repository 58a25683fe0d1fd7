/** A form to set a clock: a time typed in, or picked from a calendar. */

import { button, field, h } from "./ui.js";

const DAY = /^\d{4}-\d\d-\d\d$/;
const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?$/;

export class JumpForm {
  /** `jump(moment)` gets the `travel_to` of `/_mock/clock`; `now()` returns unix seconds, where the calendar opens. */
  constructor(jump, now) {
    Object.assign(this, { jump, now });
    this.at = h("input", { name: "at", placeholder: "2026-01-01T00:00:00Z", spellcheck: "false", size: 22 });
    this.calendar = h("input", {
      type: "datetime-local",
      class: "calendar",
      step: 1,
      tabindex: -1,
      "aria-hidden": "true",
      oninput: () => (this.at.value = this.calendar.value && `${this.calendar.value}Z`),
    });
    this.element = h(
      "form",
      { class: "jump", onsubmit: (event) => this.submit(event) },
      field("Jump to (UTC)", this.at),
      h(
        "span",
        { class: "choose" },
        this.calendar,
        button("", () => this.choose(), CHOOSE),
      ),
      h("button", { class: "button" }, "Go"),
    );
  }

  choose() {
    const now = new Date(this.now() * 1000);
    if (!this.calendar.value) this.calendar.value = now.toISOString().slice(0, 19);
    this.calendar.showPicker?.();
  }

  submit(event) {
    event.preventDefault();
    return this.jump(momentIn(this.at.value.trim()));
  }
}

const CHOOSE = { symbol: "calendar", title: "Choose from a calendar" };

/** Convert what was typed: no zone means UTC, a number is unix seconds; the emulator validates the rest. */
function momentIn(text) {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  if (DAY.test(text)) return `${text}T00:00:00Z`;
  return WITHOUT_ZONE.test(text) ? `${text}Z` : text;
}
