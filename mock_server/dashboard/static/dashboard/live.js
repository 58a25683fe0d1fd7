/** The live stream of all that happens, and whether the server is there. */

import { addressOf } from "./api.js";

const EVERY = "250ms"; // how often the server tells what happened
const LOOK = 1000; // milliseconds between two looks for a server that is gone

/** What happened since it was last told: `all` when that is not known, and everything has to be read anew. */
export class News {
  constructor(happenings = [], leftOut = {}, all = false) {
    this.happenings = happenings;
    this.leftOut = leftOut;
    this.all = all;
    this.kinds = new Set([...happenings.map(({ kind }) => kind), ...Object.keys(leftOut)]);
  }

  /** Whether it is about one of these kinds, such as `request`, or `session` for all of `session.…`. */
  touches(...kinds) {
    return this.all || [...this.kinds].some((kind) => kinds.includes(kind) || kinds.includes(kind.split(".")[0]));
  }

  /** How often this kind happened. */
  count(kind) {
    return this.happenings.filter((each) => each.kind === kind).length + (this.leftOut[kind] ?? 0);
  }
}

/** Calls `tell(news)`, and `state("live" | "lost")` when that changes. A hidden page does not listen. */
export class Live {
  #source;
  #retry;
  #state = "new";
  #wait = LOOK; // after a stream that never opened

  constructor({ tell, state }) {
    this.tell = tell;
    this.state = state;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#close() : this.open()));
    addEventListener("pagehide", () => this.#close());
  }

  open() {
    this.#close();
    const source = (this.#source = new EventSource(addressOf("_mock/events", { project: "*", every: EVERY })));
    source.addEventListener("open", () => {
      this.#wait = 0;
      this.#become("live");
      this.tell(new News([], {}, true));
    });
    source.addEventListener("batch", ({ data }) => {
      const { happenings, left_out: leftOut } = JSON.parse(data);
      this.tell(new News(happenings, leftOut));
    });
    source.addEventListener("error", () => this.#lose());
  }

  #lose() {
    this.#close();
    this.#retry = setTimeout(async () => {
      const answer = await fetch(addressOf("health"), { cache: "no-store" }).catch(() => undefined);
      if (document.hidden) return;
      if (answer?.ok) this.open();
      else {
        this.#become("lost");
        this.#lose();
      }
    }, this.#wait);
    this.#wait = LOOK;
  }

  #close() {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
  }

  #become(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.state(state);
  }
}
