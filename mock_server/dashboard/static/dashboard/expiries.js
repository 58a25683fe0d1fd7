/** Upcoming expiries: the active sessions on a time axis, and a list of those that expire first. */

import { codeBlock, h, link, section } from "./ui.js";
import { spanOf } from "./clocks.js";
import { ExpiryAxis, roundOf, wordsOf } from "./expiry_axis.js";
import { Keyed } from "./keyed.js";
import { createSnippet } from "./snippets.js";

const BUCKETS = 60;

export class Expiries {
  constructor(app) {
    this.app = app;
    this.words = h("p", { class: "faint", role: "status" });
    this.axis = new ExpiryAxis();
    this.heading = h("h3", {}, "Next to expire");
    this.list = h("ol", { class: "next" });
    this.blank = h(
      "div",
      { hidden: true },
      codeBlock(createSnippet(app.oneProject === app.fallback ? "" : app.oneProject)),
    );
    this.element = section("Upcoming expiries", this.words, this.blank, this.axis.element, this.heading, this.list);
    this.keyed = new Keyed(
      this.list,
      ({ project, id }) => `${project}/${id}`,
      (session) => new Next(app, session),
    );
    this.next = [];
  }

  async read() {
    this.take(await this.app.ask("expiries", { query: { project: this.app.project, buckets: BUCKETS } }));
  }

  take({ active, longest, buckets, next }) {
    this.active = active;
    this.next = next;
    const words = sentence(active, longest);
    if (this.words.textContent !== words) this.words.textContent = words;
    this.blank.hidden = active > 0;
    this.heading.hidden = active === 0;
    this.axis.show({ buckets, longest, words });
    this.keyed.show(next);
  }

  tick() {
    for (const session of this.next) this.keyed.part(`${session.project}/${session.id}`)?.tick();
  }

  leave() {
    this.axis.leave();
  }
}

/** Summarise the axis; it rounds, because screen readers announce every change. */
function sentence(active, longest) {
  if (!active) return "No active sessions. Create one, for example with:";
  const whose = active === 1 ? "active session expires" : "active sessions expire";
  return `${active.toLocaleString("en")} ${whose} within ${wordsOf(roundOf(longest))}.`;
}

class Next {
  constructor(app, { project, id, user }) {
    this.app = app;
    this.left = h("span", { class: "number" });
    this.element = h(
      "li",
      {},
      link(app.href("sessions", [project, id]), id),
      h("span", { class: "faint", title: user }, user),
      h("span", { class: "faint of" }, app.project === "*" ? project : ""),
      this.left,
    );
  }

  update(session) {
    this.session = session;
    this.tick();
  }

  tick() {
    const { expires_at: at, project } = this.session;
    const left = at - this.app.clocks.now(project);
    this.left.textContent = spanOf(left);
    this.left.classList.toggle("soon", left < 60);
  }
}
