/** The emulator's event feed, and whether the emulator is reachable. */

import { addressOf } from "./api.js";

const EVERY = "250ms"; // interval between batches
const LOOK = 1000; // milliseconds between two attempts to reconnect

/** What happened since the last batch. `all`: unknown, so everything has to be read again. */
export class News {
  constructor(events = [], omitted = {}, all = false) {
    this.events = events;
    this.omitted = omitted;
    this.all = all;
    this.kinds = new Set([...events.map(({ kind }) => kind), ...Object.keys(omitted)]);
  }

  /** Whether it includes one of these kinds, such as `request`, or `session` for every `session.…`. */
  touches(...kinds) {
    return this.all || [...this.kinds].some((kind) => kinds.includes(kind) || kinds.includes(kind.split(".")[0]));
  }

  /** Return how many events of this kind there were. */
  count(kind) {
    return this.events.filter((each) => each.kind === kind).length + (this.omitted[kind] ?? 0);
  }
}

/** Call `tell(news)` for each batch and `state("live" | "lost")` on changes. A hidden page disconnects. */
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
      const { events, omitted } = JSON.parse(data);
      this.tell(new News(events, omitted));
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
