/** What will expire when: the active sessions on an axis of time. */

import { h, link, section, svg } from "./ui.js";
import { spanOf } from "./clocks.js";

const BUCKETS = 60;
const [WIDTH, HEIGHT, FOOT] = [1000, 150, 26]; // units of the drawing
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
    if (active) this.axis.replaceChildren(drawing(buckets, longest, this.words.textContent));
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
  const floor = HEIGHT - FOOT;
  const bars = buckets.map((count, index) => {
    const height = count ? Math.max(3, (count / most) * (floor - 10)) : 0;
    const from = spanOf((index * longest) / buckets.length);
    const shape = { x: index * step + 1, y: floor - height, width: step - 2, height, rx: 2 };
    return svg("rect", shape, svg("title", {}, `${count} in ${from}`));
  });
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": words },
    svg("line", { x1: 0, x2: WIDTH, y1: floor, y2: floor }),
    bars,
    Array.from({ length: TICKS + 1 }, (_, index) => tick((index / TICKS) * WIDTH, (index / TICKS) * longest, index)),
  );
}

function tick(x, seconds, index) {
  const anchor = index === 0 ? "start" : index === TICKS ? "end" : "middle";
  return svg("text", { x, y: HEIGHT - 6, "text-anchor": anchor }, index === 0 ? "now" : `in ${spanOf(seconds)}`);
}
