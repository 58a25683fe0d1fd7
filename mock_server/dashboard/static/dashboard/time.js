/** The clock of each project, and what will expire when. */

import { h } from "./ui.js";
import { paced } from "./api.js";
import { ClockCard } from "./clock_card.js";
import { Expiries } from "./expiries.js";

/** The clocks of the chosen project, or of all. */
export function timeView(app) {
  const cards = new Map();
  const clocks = h("div", { class: "clocks" });
  const expiries = new Expiries(app);
  const look = paced(() => app.attempt(() => expiries.read()), 1000);
  const draw = () => {
    const names = app.project === "*" ? app.projects.map(({ project }) => project) : [app.project];
    for (const name of names) {
      if (cards.has(name)) continue;
      cards.set(name, new ClockCard(app, name, look));
      clocks.append(cards.get(name).element);
    }
    for (const card of cards.values()) card.tick();
  };
  draw();
  look();
  return {
    title: "Time",
    element: h(
      "div",
      { class: "view time" },
      h("div", { class: "title" }, h("h1", {}, "Time")),
      clocks,
      expiries.element,
    ),
    changed: (news) => news.touches("session", "clock", "reset", "restored", "loaded") && look(),
    tick() {
      draw();
      expiries.tick();
    },
  };
}
