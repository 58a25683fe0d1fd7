/** One session: what is left of it, how it was set up, and what happened to it. */

import { badge, button, copyButton, facts, h, jsonView, link, section, statusBadge, sure } from "./ui.js";
import { paced } from "./api.js";
import { millisecondsOf, momentOf } from "./clocks.js";
import { Gauge } from "./gauge.js";

const SETTINGS = [
  ["expires_after_seconds", "Expires after", (value) => (value === null ? "made to expire" : `${value} s`)],
  ["max_requests_per_1_minute", "Requests a minute"],
  ["automatic_thread_titling", "Titles", onOrOff],
  ["file_upload", "Uploads", onOrOff],
  ["max_files", "Files at most"],
  ["max_file_size", "Size of a file at most", (value) => `${value} MB`],
  ["history", "History", onOrOff],
  ["recent_threads", "Threads in the history", (value) => value ?? "unlimited"],
  ["tracing", "Tracing", onOrOff],
  ["version", "Version of the workflow", (value) => value ?? "the newest"],
];
const CAUSES = { created: "Created", cancelled: "Cancelled", expired: "Expired", forced: "Made to expire" };
const LOOK = 2000; // milliseconds between two looks at a limit that comes back with time

/** One session, named by its project and its id. */
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
      const [session, { data }] = await Promise.all([
        this.app.ask(this.path, { query }),
        this.app.ask("requests/summaries", { query: { ...query, session: this.id, limit: 100 } }),
      ]);
      if (!this.left) this.take(session, data);
    } catch (error) {
      if (error.status && !this.left) this.lose(error);
    }
  }

  lose(error) {
    this.session = undefined;
    this.status.replaceChildren();
    this.buttons.replaceChildren();
    this.parts.replaceChildren(h("div", { class: "empty", role: "alert" }, h("p", {}, error.message)));
  }

  take(session, requests) {
    const first = !this.session;
    this.session = session;
    if (this.status.textContent !== session.status) {
      this.status.replaceChildren(badge(session.status));
      this.drawButtons();
    }
    if (first) this.begin();
    this.tick();
    this.drawTimeline(requests);
  }

  /** What does not change, once. */
  begin() {
    this.timeline = h("ol", { class: "timeline" });
    const gauges = h("div", { class: "gauges" }, this.time.element, this.requests.element, this.uploads.element);
    const variables = this.session.settings.state_variables;
    this.parts.replaceChildren(
      gauges,
      h(
        "div",
        { class: "columns" },
        section("What it is", this.facts()),
        section("What happened", this.timeline),
        section("Its settings", this.settings()),
        variables && section("State variables", jsonView(variables, "State variables")),
      ),
    );
  }

  facts() {
    const { user, workflow, version, created_at: created, masked_secret: secret } = this.session;
    this.expires = h("span");
    return facts([
      ["User", user],
      ["Workflow", version ? `${workflow} @ ${version}` : workflow],
      ["Project", this.project],
      ["Created", momentOf(created)],
      ["Expires", this.expires],
      ["Client secret", h("code", {}, secret.replace(/\*+/, "…")), " ", copyButton("Copy", () => this.secret())],
    ]);
  }

  /** The secret itself is asked for only when it is to be copied. */
  async secret() {
    const { client_secret: secret } = await this.app.ask(`${this.path}/secret`, { query: { project: this.project } });
    return secret;
  }

  settings() {
    const { settings, defaults } = this.session;
    const rows = SETTINGS.map(([name, words, told = String]) => {
      const differs = settings[name] !== defaults[name] && settings[name] !== null;
      return h(
        "tr",
        { data: { differs } },
        h("th", { scope: "row" }, words),
        h("td", {}, told(settings[name]), differs && " ", differs && badge("changed", "info")),
        h("td", { class: "faint" }, told(defaults[name])),
      );
    });
    const heads = ["Setting", "This session", "Default"].map((words) => h("th", { scope: "col" }, words));
    return h("table", { class: "settings" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows));
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
    if (await sure("Cancel this session?", "Cancel it")) await this.end("cancel");
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
    if (isActive && session.requests_left < session.max_requests_per_1_minute) this.recover();
  }

  drawTimeline(requests) {
    const entries = [
      ...this.session.transitions.map(({ at, status, cause }) => [
        at,
        h("strong", {}, CAUSES[cause]),
        " ",
        badge(status),
      ]),
      ...requests.map((request) => [request.at, ...this.request(request)]),
    ].sort(([one], [other]) => other - one);
    const facts = JSON.stringify([this.session.transitions, requests]);
    if (facts === this.told) return;
    this.told = facts;
    this.timeline.replaceChildren(
      ...entries.map(([at, ...words]) =>
        h("li", {}, h("time", { class: "faint" }, momentOf(at)), h("span", {}, ...words)),
      ),
    );
  }

  request({ id, operation, method, path, status, milliseconds, fault }) {
    return [
      link(this.app.href("requests", [this.project, id]), operation ?? `${method} ${path}`),
      " ",
      statusBadge(status),
      ` ${millisecondsOf(milliseconds)} `,
      fault ? badge(fault, "bad") : "",
    ];
  }
}

function onOrOff(value) {
  return value ? "on" : "off";
}
