/** The clock of every project, extrapolated between two responses from the emulator. */

export class Clocks {
  #known = new Map();

  /** Store a ClockState. */
  set(state) {
    this.#known.set(state.project, { ...state, read: performance.now() });
  }

  /** Return the last known ClockState of a project, or undefined. */
  state(project) {
    return this.#known.get(project);
  }

  /** Return a project's current time in unix seconds. */
  now(project) {
    const known = this.#known.get(project);
    return known ? known.now + ((performance.now() - known.read) / 1000) * known.factor : Date.now() / 1000;
  }
}

/** Format unix seconds in UTC, as in the API: `2026-01-01 12:00:00Z`. */
export function momentOf(seconds) {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime())
    ? "out of range"
    : date
        .toISOString()
        .replace("T", " ")
        .replace(/\.\d+Z$/, "Z");
}

/** Format a number of seconds: `9:58`, `1:02:03`, `3 d 4 h`. */
export function spanOf(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const [days, hours, minutes] = [
    Math.floor(whole / 86400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  const two = (number) => String(number).padStart(2, "0");
  if (days) return `${days} d ${hours} h`;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Format an age in seconds: `now`, `12 s ago`, `3 min ago`; `in 5 s` if it is negative. */
export function agoOf(seconds) {
  const whole = Math.round(Math.abs(seconds));
  if (whole < 1) return "now";
  const [size, unit] = [
    [86400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ].find(([size]) => whole >= size);
  const words = `${Math.floor(whole / size)} ${unit}`;
  return seconds < 0 ? `in ${words}` : `${words} ago`;
}

/** Format a duration in milliseconds: `0.4 ms`, `12 ms`, `3.20 s`. */
export function millisecondsOf(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${milliseconds >= 10 ? Math.round(milliseconds) : milliseconds.toFixed(1)} ms`;
}
