/** The active faults, in the order in which they are tried. */

import { badge, button, h } from "./ui.js";
import { spanOf } from "./clocks.js";
import { counted, said } from "./words.js";
import { ruleWords } from "./fault_words.js";
import { Keyed } from "./keyed.js";

export class FaultRules {
  /** `now()` returns the project's unix seconds; `remove(rule)` deletes a fault; `nothing` is the empty state. */
  constructor({ now, remove, nothing }) {
    Object.assign(this, { now, remove, rules: [] });
    this.nothing = nothing;
    this.list = h("ol", { class: "fault-rules" });
    this.keyed = new Keyed(
      this.list,
      ({ id }) => id,
      (rule) => new Row(rule, this),
    );
    this.element = h("div", { hidden: true }, this.list, this.nothing);
  }

  show(rules) {
    this.rules = rules;
    this.element.hidden = false;
    this.list.hidden = !rules.length;
    this.nothing.hidden = rules.length > 0;
    this.keyed.show(rules);
  }

  /** Update the countdowns. Called every second. */
  tick() {
    for (const rule of this.rules) if (rule.until !== null) this.keyed.part(rule.id)?.countDown();
  }

  /** Return how many times the faults with these names were applied. */
  hitsOf(names) {
    return this.rules.filter(({ name }) => names.includes(name)).reduce((sum, { hits }) => sum + hits, 0);
  }
}

class Row {
  constructor(rule, rules) {
    this.rules = rules;
    this.state = h("span", { class: "fault-state" });
    this.hits = h("span", { class: "fault-hits" });
    this.times = h("span", {});
    this.time = h("span", {});
    const remove = button("Remove", () => this.remove(rule));
    remove.setAttribute("aria-label", `Remove ${rule.name}`);
    this.element = h(
      "li",
      { class: "fault-rule", data: { rule: rule.id } },
      h("div", { class: "fault-head" }, h("strong", { class: "mono" }, said(rule.name)), this.state, remove),
      h("p", {}, ruleWords(rule)),
      h("p", { class: "fault-counts" }, this.hits, this.times, this.time),
    );
    this.hits.addEventListener("animationend", () => delete this.hits.dataset.struck);
  }

  /** Delete the fault and move the focus to the next one. */
  async remove(rule) {
    const next = this.element.nextElementSibling ?? this.element.previousElementSibling;
    await this.rules.remove(rule);
    if (!this.element.isConnected) next?.querySelector("button").focus();
  }

  update(rule) {
    if (this.rule && rule.hits > this.rule.hits) this.hits.dataset.struck = "";
    this.rule = rule;
    this.hits.textContent = `Applied to ${rule.hits.toLocaleString("en")} of ${counted(rule.seen, "matching request")}`;
    this.times.textContent = rule.times === null ? "" : `${counted(Math.max(0, rule.times - rule.hits), "time")} left`;
    this.countDown();
  }

  countDown() {
    const { hits, times, until } = this.rule;
    const left = until === null ? Infinity : until - this.rules.now();
    this.time.textContent = left === Infinity || left <= 0 ? "" : `${spanOf(left)} left`;
    const over = left <= 0 ? "Expired" : times !== null && hits >= times ? "Used up" : "";
    this.element.classList.toggle("over", over !== "");
    if (this.state.textContent !== over) this.state.replaceChildren(...(over ? [badge(over, "dim")] : []));
  }
}
