/** The dashboard: connects the shell, the event feed and the views. */

import { loadIcons } from "./ui.js";
import { Refused, ask, paced } from "./api.js";
import { Clocks } from "./clocks.js";
import { Live } from "./live.js";
import { Router, addressOfView, placeOf } from "./router.js";
import { Shell } from "./shell.js";
import { demoView } from "./demo.js";
import { faultsView } from "./faults.js";
import { requestView } from "./request.js";
import { requestsView } from "./requests.js";
import { sessionView } from "./session.js";
import { sessionsView } from "./sessions.js";
import { threadView } from "./thread.js";
import { threadsView } from "./threads.js";
import { timeView } from "./time.js";
import { workflowView } from "./workflow.js";
import { workflowsView } from "./workflows.js";

// For each view: the list, and the page of a single entry.
const VIEWS = {
  sessions: [sessionsView, sessionView],
  threads: [threadsView, threadView],
  requests: [requestsView, requestView],
  time: [timeView],
  faults: [faultsView],
  workflows: [workflowsView, workflowView],
  demo: [demoView],
};

/**
 * The app that is passed to every view. project: the selected one, `*` for all. projects: the list from
 * `/_mock/projects`. fallback: the project of requests that name none. A view is a function of the app and a place that
 * returns `{ title, element }` and optionally `changed(news)`, `tick()` (called every second), `leave()`, and `table`
 * and `search` for keyboard shortcuts.
 */
class App {
  constructor() {
    this.ask = ask;
    this.clocks = new Clocks();
    this.projects = [];
    this.fallback = "default";
    this.place = placeOf(location);
    this.router = new Router((place) => this.show(place));
    this.shell = new Shell(this);
    this.live = new Live({ tell: (news) => this.hear(news), state: (state) => this.shell.connection(state) });
    this.readProjects = paced(() => this.attempt(() => this.lookAtProjects()), 2000);
  }

  async start() {
    await loadIcons();
    this.shell.begin();
    await this.attempt(() => this.lookAtProjects());
    this.show(this.place);
    this.live.open();
    setInterval(() => this.view?.tick?.(), 1000);
  }

  get project() {
    return this.place.query.get("project") || "*";
  }

  /** The selected project, or the default one. */
  get oneProject() {
    return this.project === "*" ? this.fallback : this.project;
  }

  /** Return the URL of a view in the selected project. */
  href(view, parts = [], query = {}) {
    return addressOfView(view, parts, { ...query, project: this.project === "*" ? "" : this.project });
  }

  go(address) {
    this.router.go(address);
  }

  note(changes) {
    this.router.note(changes);
    this.place = placeOf(location);
  }

  choose(project) {
    const url = new URL(location);
    if (project === "*") url.searchParams.delete("project");
    else url.searchParams.set("project", project);
    this.go(url);
  }

  show(place) {
    this.place = place;
    this.view?.leave?.();
    const [list, one] = VIEWS[place.view] ?? VIEWS.sessions;
    const make = place.parts.length && one ? one : list;
    this.view = make(this, place);
    this.shell.show(place.view, this.view);
  }

  hear(news) {
    if (news.touches("clock", "reset", "restored", "loaded", "session", "request", "thread", "faults"))
      this.readProjects();
    if (news.touches("clock")) this.lookAtClocks(news);
    this.view?.changed?.(news);
  }

  async lookAtProjects() {
    const { default: fallback, projects } = await ask("projects");
    this.fallback = fallback;
    this.projects = projects;
    for (const { clock } of projects) this.clocks.set(clock);
    this.shell.count();
    this.view?.tick?.();
  }

  /** Read changed clocks at once, because all countdowns depend on them. */
  async lookAtClocks(news) {
    const moved = new Set(news.events.filter(({ kind }) => kind === "clock").map(({ project }) => project));
    await this.attempt(async () => {
      for (const project of moved) this.clocks.set(await ask("clock", { query: { project } }));
      this.view?.tick?.();
    });
  }

  /** Return the result of `work`; show an error from the emulator as a toast and return undefined. */
  async attempt(work) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status !== 0) this.toast(error.message, "bad");
      return undefined;
    }
  }

  toast(words, tone) {
    this.shell.toast(words, tone);
  }
}

new App().start();
