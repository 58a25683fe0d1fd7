/** The time view: the clock of each project, and upcoming expiries. */

import { h } from "./ui.js";
import { paced } from "./api.js";
import { ClockCard } from "./clock_card.js";
import { Expiries } from "./expiries.js";

const GLIDE = 200; // milliseconds between two updates of the displayed time, which may run fast

/** Return the view of the selected project's clock, or of all clocks. */
export function timeView(app) {
  const page = new TimePage(app);
  return {
    title: "Time",
    element: page.element,
    changed: (news) => news.touches("session", "clock", "reset", "restored", "loaded") && page.look(),
    tick: () => page.tick(),
    leave: () => page.leave(),
  };
}

class TimePage {
  constructor(app) {
    this.app = app;
    this.cards = new Map();
    this.clocks = h("div", { class: "clocks" });
    this.expiries = new Expiries(app);
    this.look = paced(() => app.attempt(() => this.expiries.read()), 1000);
    const title = h("div", { class: "title" }, h("h1", {}, "Time"));
    this.element = h("div", { class: "view time" }, title, this.clocks, this.expiries.element);
    this.glide = setInterval(() => this.cards.forEach((card) => card.tell()), GLIDE);
    this.draw();
    this.look();
  }

  /** Whether any clock is running while sessions are active. */
  get isRunning() {
    return this.expiries.active > 0 && [...this.cards.values()].some(({ clock }) => clock?.factor > 0);
  }

  draw() {
    const { app, cards } = this;
    const names = app.project === "*" ? app.projects.map(({ project }) => project) : [app.project];
    for (const name of names) {
      if (cards.has(name)) continue;
      cards.set(name, new ClockCard(app, name, this.look));
      this.clocks.append(cards.get(name).element);
    }
    for (const card of cards.values()) card.tick();
  }

  tick() {
    this.draw();
    this.expiries.tick();
    if (this.isRunning) this.look();
  }

  leave() {
    clearInterval(this.glide);
    this.expiries.leave();
  }
}
