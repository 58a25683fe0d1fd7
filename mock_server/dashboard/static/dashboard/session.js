/** One session: its limits, its settings and its history. */

import { badge, button, copyButton, facts, h, jsonView, link, section, sure } from "./ui.js";
import { paced } from "./api.js";
import { momentOf } from "./clocks.js";
import { Gauge } from "./gauge.js";
import { settingsTable } from "./session_settings.js";
import { Timeline } from "./session_timeline.js";

const LOOK = 2000; // milliseconds between two requests while a rate limit recovers
const LONG = 240; // characters; longer text gets a scroll area

/** Return the view of one session, named by its project and id. */
export function sessionView(app, { parts: [project, id] }) {
  const page = new SessionPage(app, project, id);
  return {
    title: `Session ${id}`,
    element: page.element,
    changed: (news) => news.touches("session", "request", "clock", "reset", "restored", "loaded") && page.look(),
    tick: () => page.tick(),
    leave: () => (page.left = true),
  };
}

class SessionPage {
  constructor(app, project, id) {
    Object.assign(this, { app, project, id, path: `sessions/${encodeURIComponent(id)}` });
    this.look = paced(() => this.read());
    this.recover = paced(() => this.read(), LOOK);
    this.status = h("span", { role: "status" });
    this.buttons = h("div", { class: "buttons" });
    this.time = new Gauge("Time left");
    this.requests = new Gauge("Requests left this minute");
    this.uploads = new Gauge("Uploads left");
    this.timeline = new Timeline(app, project, id);
    this.parts = h("div", { class: "parts" });
    this.element = h("div", { class: "view session" }, this.back(), this.head(), this.parts);
    this.read();
  }

  back() {
    return h("a", { class: "back", href: String(this.app.href("sessions")) }, "All sessions");
  }

  head() {
    return h("div", { class: "title" }, h("h1", { class: "mono" }, this.id), this.status, this.buttons);
  }

  async read() {
    if (this.left) return;
    const query = { project: this.project };
    try {
      const [session, requests] = await Promise.all([
        this.app.ask(this.path, { query }),
        this.app.ask("requests/summaries", { query: { ...query, session: this.id, limit: 100 } }),
      ]);
      if (!this.left) this.take(session, requests);
    } catch (error) {
      if (error.status && !this.left) this.lose(error);
    }
  }

  lose(error) {
    this.session = undefined;
    this.setup = undefined;
    this.status.replaceChildren();
    this.buttons.replaceChildren();
    this.parts.replaceChildren(h("div", { class: "empty", role: "alert" }, h("p", {}, error.message)));
  }

  take(session, requests) {
    this.session = session;
    if (this.status.textContent !== session.status) {
      this.status.replaceChildren(badge(session.status));
      this.drawButtons();
    }
    this.drawSetup();
    this.tick();
    this.timeline.show(session.transitions, requests.data, requests.has_more);
  }

  /** Draw what rarely changes: a forced expiry changes the settings, a reset can recreate the session. */
  drawSetup() {
    const { user, workflow, version, created_at, masked_secret, settings, defaults } = this.session;
    const setup = JSON.stringify([user, workflow, version, created_at, masked_secret, settings]);
    if (setup === this.setup) return;
    this.setup = setup;
    const variables = settings.state_variables;
    this.parts.replaceChildren(
      h("div", { class: "gauges" }, this.time.element, this.requests.element, this.uploads.element),
      h(
        "div",
        { class: "columns" },
        section("Details", this.facts()),
        section("History", this.timeline.element),
        section("Settings", settingsTable(settings, defaults)),
        variables && section("State variables", jsonView(variables, "State variables")),
      ),
    );
  }

  facts() {
    const { user, workflow, version, created_at: created, masked_secret: secret } = this.session;
    this.expires = h("span");
    return facts([
      ["User", whole(user)],
      [
        "Workflow",
        link(this.app.href("workflows", [workflow]), whole(version ? `${workflow} @ ${version}` : workflow)),
      ],
      ["Project", this.project],
      ["Created", momentOf(created)],
      ["Expires", this.expires],
      ["Client secret", h("code", {}, secret.replace(/\*+/, "…")), " ", copyButton("Copy", () => this.secret())],
    ]);
  }

  /** Read the client secret, only when it is copied. */
  async secret() {
    const { client_secret: secret } = await this.app.ask(`${this.path}/secret`, { query: { project: this.project } });
    return secret;
  }

  drawButtons() {
    const isActive = this.session.status === "active";
    const chat = h(
      "a",
      {
        class: "button",
        data: { tone: "primary" },
        href: String(this.app.href("demo", [], { session: this.id, of: this.project })),
      },
      "Open in chat",
    );
    this.buttons.replaceChildren(
      ...(isActive
        ? [
            chat,
            button("Expire now", () => this.end("expire")),
            button("Cancel", () => this.cancel(), { tone: "danger" }),
          ]
        : []),
    );
  }

  async cancel() {
    if (await sure("Cancel this session?", "Cancel session")) await this.end("cancel");
  }

  async end(how) {
    await this.app.attempt(() =>
      this.app.ask(`${this.path}/${how}`, { method: "POST", query: { project: this.project } }),
    );
    await this.read();
  }

  tick() {
    const { session } = this;
    if (!session) return;
    const isActive = session.status === "active";
    const left = session.expires_at - this.app.clocks.now(this.project);
    const lifetime = session.expires_at - Math.floor(session.created_at);
    this.time.showTime(isActive ? left : 0, lifetime);
    this.requests.show(session.requests_left, isActive ? session.max_requests_per_1_minute : 0);
    const uploads = isActive && session.settings.file_upload ? session.max_files : 0;
    this.uploads.show(session.uploads_left, uploads, session.settings.file_upload ? undefined : "off");
    this.expires.textContent = momentOf(session.expires_at);
    const isRecovering = session.requests_left < session.max_requests_per_1_minute;
    if (isActive && (isRecovering || left <= 0)) this.recover();
  }
}

/** Return a text in full, in a scroll area if it is long. */
function whole(text) {
  return text.length > LONG ? h("div", { class: "whole-text", tabindex: 0 }, text) : h("bdi", {}, text);
}
