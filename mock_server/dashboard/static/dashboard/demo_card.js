/** The live session: its remaining time and requests, and its controls. */

import { paced } from "./api.js";
import { spanOf } from "./clocks.js";
import { badge, button, h, icon, setStyle, svg } from "./ui.js";
import { FaultButtons } from "./demo_faults.js";

const SOON = 60; // seconds

export class SessionCard {
  /** `again()` creates another session. */
  constructor(app, project, again) {
    Object.assign(this, { app, project });
    this.faults = new FaultButtons(app, project);
    this.status = h("span", { role: "status" });
    this.way = h("a", { class: "mono" });
    this.left = h("strong", { role: "timer", "aria-label": "Time left" });
    this.arc = svg("circle", { class: "arc", cx: 50, cy: 50, r: 44, pathLength: 100, "stroke-dasharray": "100 100" });
    this.bar = h("div", { class: "level" }, h("span", {}));
    this.requests = h("p", {});
    this.user = fact("circle-user", "User");
    this.workflow = fact("workflow", "Workflow");
    this.clock = button("Freeze", () => this.stopOrGo());
    this.ends = ["expire", "cancel"].map((ending) =>
      button(ending === "expire" ? "Expire" : "Cancel", () => this.end(ending)),
    );
    this.element = h(
      "section",
      { class: "card", "aria-label": "Session" },
      this.head(),
      this.glance(),
      this.controls(again),
      this.faults.element,
    );
    this.read = paced(() => this.lookUp(), 250);
  }

  head() {
    return h("div", { class: "head" }, h("div", { class: "title" }, h("h2", {}, "Session"), this.status), this.way);
  }

  glance() {
    const ring = svg(
      "svg",
      { viewBox: "0 0 100 100", "aria-hidden": "true" },
      svg("circle", { cx: 50, cy: 50, r: 44 }),
      this.arc,
    );
    return h(
      "div",
      { class: "glance" },
      h("div", { class: "ring" }, ring, h("div", {}, this.left, h("small", { "aria-hidden": "true" }, "left"))),
      h("div", { class: "beside" }, this.user, this.workflow, this.requests, this.bar),
    );
  }

  controls(again) {
    const row = (words, ...buttons) =>
      h(
        "div",
        { class: "controls", role: "group", "aria-label": words },
        h("span", { class: "faint" }, words),
        h("div", { class: "buttons" }, buttons),
      );
    const shift = (minutes) => button(`+${minutes} min`, () => this.turn({ shift: minutes * 60 }));
    return h(
      "div",
      { class: "rows-of-controls" },
      row("Time", shift(1), shift(10), this.clock),
      row("Session", this.ends, button("New session", again)),
    );
  }

  /** Show another session. */
  show(id) {
    this.id = id;
    this.session = undefined;
    this.way.href = String(this.app.href("sessions", [this.project, id]));
    this.way.textContent = id;
    this.element.hidden = false;
    this.faults.aim(id);
    this.read();
  }

  hear(news) {
    if (!this.id) return;
    if (news.touches("session", "request", "clock", "reset", "restored", "loaded")) this.read();
    if (news.touches("fault", "faults", "reset", "restored")) this.faults.read();
  }

  async lookUp() {
    const { id } = this;
    try {
      const session = await this.app.ask(`sessions/${encodeURIComponent(id)}`, { query: { project: this.project } });
      if (id === this.id) this.session = session;
    } catch (error) {
      if (error.status === 404 && id === this.id) this.session = { ...this.session, status: "gone" };
    }
    this.draw();
  }

  draw() {
    const { session } = this;
    if (!session) return;
    const { status, user, workflow, version, requests_left: left, max_requests_per_1_minute: most } = session;
    const isActive = status === "active";
    if (this.status.textContent !== status) this.status.replaceChildren(badge(status));
    for (const each of this.ends) each.hidden = !isActive;
    this.user.lastElementChild.textContent = user ?? "–";
    this.workflow.lastElementChild.textContent = version ? `${workflow} @ ${version}` : (workflow ?? "–");
    this.requests.textContent = isActive ? `${left} of ${most} requests left` : "No requests left";
    this.bar.dataset.tone = left <= most / 5 ? "warn" : "good";
    setStyle(this.bar.firstElementChild, { width: isActive ? `${(100 * left) / most}%` : "0" });
    this.tick();
  }

  /** Count down by the project's clock. */
  tick() {
    const { session, project } = this;
    this.clock.querySelector("span").textContent = this.isFrozen ? "Resume" : "Freeze";
    if (!session?.expires_at) return;
    const isActive = session.status === "active";
    const left = isActive ? Math.max(0, session.expires_at - this.app.clocks.now(project)) : 0;
    this.left.textContent = isActive ? spanOf(left) : "0:00";
    this.arc.setAttribute(
      "stroke-dasharray",
      `${(100 * left) / Math.max(1, session.expires_at - session.created_at)} 200`,
    );
    this.element.dataset.tone = !isActive ? "over" : left < SOON ? "soon" : "good";
    if (isActive && (left <= 0 || session.requests_left < session.max_requests_per_1_minute)) this.read();
  }

  get isFrozen() {
    return this.app.clocks.state(this.project)?.frozen ?? false;
  }

  stopOrGo() {
    return this.turn(this.isFrozen ? { scale: 1 } : { freeze: "now" });
  }

  async turn(body) {
    const query = { project: this.project };
    const state = await this.app.attempt(() => this.app.ask("clock", { method: "PUT", query, body }));
    if (state) this.app.clocks.set(state);
    await this.lookUp();
  }

  async end(ending) {
    const query = { project: this.project };
    await this.app.attempt(() =>
      this.app.ask(`sessions/${encodeURIComponent(this.id)}/${ending}`, { method: "POST", query }),
    );
    await this.lookUp();
  }
}

/** Return a value with an icon and a label for screen readers. */
function fact(symbol, words) {
  return h(
    "p",
    { class: "fact", title: words },
    icon(`lucide:${symbol}`),
    h("span", { class: "unseen" }, words),
    h("span", {}),
  );
}
