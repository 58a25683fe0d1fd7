/** What will expire when: the active sessions on an axis of time. */

import { h, link, section, svg } from "./ui.js";
import { spanOf } from "./clocks.js";

const BUCKETS = 60;
const [WIDTH, HEIGHT] = [1000, 100]; // units of the drawing
const TICKS = 4;

export class Expiries {
  constructor(app) {
    this.app = app;
    this.axis = h("div", { class: "axis" });
    this.words = h("p", { class: "faint", role: "status" });
    this.rows = h("ol", { class: "next" });
    this.element = section("What expires when", this.words, this.axis, this.rows);
  }

  async read() {
    this.take(await this.app.ask("expiries", { query: { project: this.app.project, buckets: BUCKETS } }));
  }

  take({ active, longest, buckets, next }) {
    this.next = next;
    this.axis.hidden = !active;
    this.words.textContent = active
      ? `${active.toLocaleString("en")} active ${active === 1 ? "session expires" : "sessions expire"} within ${spanOf(longest)}.`
      : "No session is active: there is nothing to expire.";
    if (active) this.axis.replaceChildren(drawing(buckets, longest, this.words.textContent), ticks(longest));
    this.rows.replaceChildren(...next.map((session) => this.row(session)));
    this.tick();
  }

  row({ project, id, user }) {
    return h(
      "li",
      {},
      link(this.app.href("sessions", [project, id]), id),
      h("span", { class: "faint" }, user),
      h("span", { class: "number" }),
    );
  }

  tick() {
    this.next?.forEach(({ project, expires_at: at }, index) => {
      this.rows.children[index].lastChild.textContent = spanOf(at - this.app.clocks.now(project));
    });
  }
}

function drawing(buckets, longest, words) {
  const most = Math.max(...buckets);
  const step = WIDTH / buckets.length;
  const bars = buckets.map((count, index) => {
    const height = count ? Math.max(3, (count / most) * HEIGHT) : 0;
    const shape = { x: index * step + 1, y: HEIGHT - height, width: step - 2, height };
    return svg("rect", shape, svg("title", {}, `${count} in ${spanOf((index * longest) / buckets.length)}`));
  });
  const view = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" };
  return svg("svg", { ...view, role: "img", "aria-label": words }, bars);
}

/** What the axis says: it is stretched to the page's width, its words are not. */
function ticks(longest) {
  const words = Array.from({ length: TICKS + 1 }, (_, index) =>
    index ? `in ${spanOf((index / TICKS) * longest)}` : "now",
  );
  return h(
    "div",
    { class: "ticks", "aria-hidden": "true" },
    words.map((each) => h("span", {}, each)),
  );
}
