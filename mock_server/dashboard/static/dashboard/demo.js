/** The chat view: session settings, the element, and the live session. */

import { field, h } from "./ui.js";
import { ChatBox } from "./demo_chat.js";
import { Code } from "./demo_code.js";
import { Events } from "./demo_events.js";
import { NotCreated, createSession, hasOwnKey, useKey } from "./demo_session.js";
import { SessionCard } from "./demo_card.js";
import { DEFAULTS, SettingsForm, queryOf, requestOf, settingsIn, settingsOf } from "./demo_settings.js";

const BEST = ["wf_demo", "wf_support"]; // default workflows; the first that exists is used
const TOOL_ANSWER = '{"status": "lost"}';
const TOOL_NOTE = "JSON. With the default, get_time returns the current time.";
const ABOUT = "A real session on this emulator, in its own <openai-chatkit> element. No API key or network needed.";
const PARTS = { chat: "Chat", live: "Session", code: "Code" };

let last; // what was shown before the user left this view

export function demoView(app, place) {
  const demo = new Demo(app, place);
  demo.arrive(place.query);
  return {
    title: "Chat",
    element: demo.element,
    changed: (news) => demo.hear(news),
    tick: () => demo.card.tick(),
    leave: () => demo.leave(),
  };
}

class Demo {
  constructor(app, { query }) {
    this.app = app;
    this.project = query.get("of") || app.oneProject;
    this.last = last?.project === this.project && isWanted(last, query) ? last : undefined;
    this.events = this.last?.events ?? new Events(app, this.project);
    this.form = new SettingsForm((settings) => this.begin(settings));
    this.code = new Code();
    this.card = new SessionCard(app, this.project, () => this.begin(this.settings));
    this.card.element.hidden = true;
    this.chat = new ChatBox((name, detail) => this.tell(name, detail));
    this.tool = h("textarea", { name: "tool", rows: 2, spellcheck: "false" });
    this.tool.value = query.get("tool") ?? this.last?.tool ?? TOOL_ANSWER;
    this.tool.addEventListener("input", () => this.noteTool());
    this.element = this.layout();
  }

  layout() {
    const part = (id, words, ...children) => h("section", { id: `demo-${id}`, "aria-label": words }, children);
    const tool = field("Client tool result", this.tool, TOOL_NOTE);
    const columns = h(
      "div",
      { class: "demo-columns", data: { shown: "chat" } },
      part("code", "Settings and code", h("h2", {}, "Settings"), this.form.element, tool, this.code.element),
      part("chat", "The chat", this.chat.element),
      part("live", "The session and its events", this.card.element, this.events.element),
    );
    const title = h("div", { class: "title" }, h("h1", {}, "Chat"), h("p", { class: "faint" }, ABOUT));
    return h("div", { class: "view full demo" }, title, this.tabs(columns), columns);
  }

  /** Return the tabs that switch between the columns on a phone. */
  tabs(columns) {
    const list = h("div", { class: "tabs", role: "group", "aria-label": "Parts" });
    const show = (part) => {
      columns.dataset.shown = part;
      for (const each of list.children) each.setAttribute("aria-pressed", String(each.dataset.part === part));
    };
    const tab = ([part, words]) => h("button", { type: "button", data: { part }, onclick: () => show(part) }, words);
    list.append(...Object.entries(PARTS).map(tab));
    show("chat");
    return list;
  }

  /** The project for the API's base URL, "" for the default one. */
  get named() {
    return this.project === this.app.fallback ? "" : this.project;
  }

  async arrive(query) {
    this.chat.wait("Creating a session…");
    await this.readWorkflows();
    const named = query.get("session");
    const wanted = named ?? this.last?.session;
    const isOpen = wanted && (await this.open(wanted));
    if (this.isGone) return;
    if (isOpen && !named) this.note();
    if (isOpen) return;
    if (named) this.events.note(`Session ${named} no longer exists; creating a new one.`);
    await this.begin(this.last?.settings ?? settingsIn(query));
  }

  async readWorkflows() {
    const { app, project } = this;
    const [listed, magic] = await Promise.all([
      app.attempt(() => app.ask("workflows")),
      app.attempt(() => app.ask("faults/magic", { query: { project } })),
    ]);
    this.workflows = listed?.workflows ?? [];
    const ids = this.workflows.map(({ id }) => id);
    this.usual = BEST.find((id) => ids.includes(id)) ?? ids[0] ?? BEST[0];
    this.form.offer(this.workflows, magic?.values ?? [], this.usual);
    this.form.fill(DEFAULTS);
  }

  /** Show an existing session. Resolves to false if there is no such session. */
  async open(id) {
    const { app, project, last } = this;
    const path = `sessions/${encodeURIComponent(id)}`;
    try {
      const [detail, { client_secret: secret }] = await Promise.all([
        app.ask(path, { query: { project } }),
        app.ask(`${path}/secret`, { query: { project } }),
      ]);
      if (this.isGone) return true;
      const settings = settingsOf(detail);
      if (settings.workflow === this.usual) settings.workflow = "";
      this.adopt({ id, settings, request: this.requestOf(settings) });
      this.show(secret, last?.session === id ? last.thread : null);
      return true;
    } catch (error) {
      if (error.status !== 404) app.toast(error.message, "bad");
      return false;
    }
  }

  /** Create a session and show its chat, or the error in its place. */
  async begin(settings) {
    this.settings = settings;
    this.thread = null;
    this.note();
    this.form.fill(settings);
    this.chat.wait("Creating a session…");
    const request = this.requestOf(settings);
    this.code.show(this.named, request, hasOwnKey());
    try {
      const { id, client_secret: secret } = await createSession(this.named, request);
      if (this.isGone || this.settings !== settings) return;
      this.adopt({ id, settings, request });
      this.show(secret, null);
    } catch (error) {
      if (!(error instanceof NotCreated)) throw error;
      if (!this.isGone && this.settings === settings) this.refuse(error);
    }
  }

  refuse(error) {
    const { app, project, settings } = this;
    this.session = undefined;
    this.card.element.hidden = true;
    this.events.refused(error);
    this.chat.refuse(error, {
      again: () => this.begin(settings),
      unlock: (key) => (useKey(key), this.begin(settings)),
      href: error.requestId && app.href("requests", [project, error.requestId]),
    });
  }

  requestOf(settings) {
    return requestOf({ ...settings, workflow: settings.workflow || this.usual });
  }

  /** Make this the current session. */
  adopt({ id, settings, request }) {
    Object.assign(this, { session: id, settings, request });
    this.form.fill(settings);
    this.code.show(this.named, request, hasOwnKey());
    this.card.show(id);
    this.events.follow(id);
    this.keep();
  }

  show(secret, thread) {
    const workflow = this.settings.workflow || this.usual;
    const shown = {
      getClientSecret: (current) => (current ? this.renew(shown) : secret),
      onClientTool: (call) => this.answer(call),
      settings: this.settings,
      prompts: this.workflows.find(({ id }) => id === workflow)?.prompts ?? [],
      thread,
    };
    this.thread = thread;
    this.shown = shown;
    this.chat.show(shown).catch((error) => this.refuse(new NotCreated(error.message)));
  }

  /** Return a client secret to replace one that has expired or is about to: from a new session, as an app does it. */
  async renew(shown) {
    const { request, settings } = this;
    const before = this.session;
    const { id, client_secret: secret } = await createSession(this.named, request);
    if (this.shown !== shown || this.isGone) return secret;
    this.events.note("The element requested a new client secret; created a new session.", { before, now: id });
    this.adopt({ id, settings, request });
    if (this.app.place.query.has("session")) this.app.note({ session: id });
    return secret;
  }

  answer(call) {
    const isOwn = call.name === "get_time" && this.tool.value === TOOL_ANSWER;
    const answer = isOwn ? timeHere() : this.toolAnswer;
    this.events.note(`Client tool ${call.name}`, { ...call, answer });
    return answer;
  }

  get toolAnswer() {
    try {
      return JSON.parse(this.tool.value);
    } catch {
      throw new Error("The client tool result is not valid JSON.");
    }
  }

  noteTool() {
    const { value } = this.tool;
    this.app.note({ tool: value === TOOL_ANSWER ? null : value });
    this.keep();
  }

  /** Put the settings into the URL. */
  note() {
    const { app, project, settings } = this;
    const of = project === app.oneProject ? null : project;
    app.note({ session: null, of, ...queryOf(settings ?? DEFAULTS) });
  }

  tell(name, detail) {
    this.events.event(name, detail);
    if (name !== "chatkit.thread.change") return;
    this.thread = detail.threadId;
    this.keep();
  }

  /** Remember what is shown, for when the user returns to this view. */
  keep() {
    const { project, session, settings, thread, events } = this;
    last = { project, session, settings, thread, events, tool: this.tool.value };
  }

  hear(news) {
    this.card.hear(news);
    this.events.hear(news);
  }

  leave() {
    this.isGone = true;
    this.chat.leave();
  }
}

/** Return the result of wf_demo's client tool get_time. */
function timeHere() {
  return { time: new Date().toLocaleTimeString("en-GB"), zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
}

/** Whether a URL query refers to the remembered session: it names it, has its settings, or is empty. */
function isWanted({ session, settings }, query) {
  const named = query.get("session");
  if (named) return named === session;
  const given = Object.keys(DEFAULTS).filter((name) => query.has(name));
  const said = queryOf(settings);
  return !given.length || Object.entries(said).every(([name, value]) => value === query.get(name));
}
