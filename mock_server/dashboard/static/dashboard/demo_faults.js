/** Buttons that add a fault for the next message of a session, applied once. */

import { paced } from "./api.js";
import { button, h } from "./ui.js";

const KINDS = {
  "demo-429": { words: "429", do: { error: { status: 429, retry_after: 5 } }, told: "Rejected with status 429." },
  "demo-500": { words: "500", do: { error: 500 }, told: "Fails once; the element retries." },
  "demo-cut": { words: "Cut stream", do: { cut: 5 }, told: "The stream is cut off mid-reply." },
  "demo-slow": { words: "Slow", do: { delay: "3s" }, told: "The response is delayed by 3 s." },
};

export class FaultButtons {
  constructor(app, project) {
    Object.assign(this, { app, project, rules: new Map() });
    this.buttons = new Map(
      Object.entries(KINDS).map(([name, { words, told }]) => [
        name,
        button(words, () => this.flip(name), { title: told }),
      ]),
    );
    this.told = h("p", { class: "faint", role: "status" });
    this.element = h(
      "div",
      { class: "controls", role: "group", "aria-label": "Break the next message" },
      h("span", { class: "faint" }, "Break the next message"),
      h("div", { class: "buttons" }, ...this.buttons.values()),
      this.told,
    );
    this.read = paced(() => this.app.attempt(() => this.lookUp()), 250);
    this.draw();
  }

  /** Switch to another session; remove the faults that still wait for the previous one. */
  async aim(session) {
    const before = [...this.rules.values()].filter(({ match }) => match.session !== session);
    this.session = session;
    this.rules.clear();
    for (const { id } of before) await this.remove(id).catch(() => {}); // it may be gone already
    this.read();
  }

  async lookUp() {
    const { faults } = await this.app.ask("faults", { query: { project: this.project } });
    const own = faults.filter(({ name, match, hits }) => name in KINDS && match.session === this.session && !hits);
    this.rules = new Map(own.map((rule) => [rule.name, rule]));
    this.draw();
  }

  async flip(name) {
    const rule = this.rules.get(name);
    await this.app.attempt(() => (rule ? this.remove(rule.id) : this.add(name)));
    await this.app.attempt(() => this.lookUp());
  }

  add(name) {
    const match = { operation: "conversation", session: this.session };
    const body = { name, match, do: KINDS[name].do, times: 1 };
    return this.app.ask("faults", { method: "POST", query: { project: this.project }, body });
  }

  remove(id) {
    return this.app.ask(`faults/${encodeURIComponent(id)}`, { method: "DELETE", query: { project: this.project } });
  }

  draw() {
    for (const [name, made] of this.buttons) made.setAttribute("aria-pressed", String(this.rules.has(name)));
    const told = [...this.rules.keys()].map((name) => KINDS[name].told).join(" ");
    if (this.told.textContent !== told) this.told.textContent = told;
  }
}
