/** Requests to `/_mock`. */

const MOST = 3000; // milliseconds that a slow response can delay the next request

/** A failed request, with the emulator's error message; `status` is 0 if there was no response. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Return the URL of a path relative to the emulator's base; empty query entries are left out. */
export function addressOf(path, query = {}) {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
  }
  return url;
}

/** Send a request to `/_mock/<path>` and return the parsed response. Rejects with Refused. */
export async function ask(path, { method = "GET", query = {}, body } = {}) {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const sent = body === undefined ? undefined : JSON.stringify(body);
  let answer;
  try {
    answer = await fetch(addressOf(`_mock/${path}`, query), { method, headers, body: sent });
  } catch {
    throw new Refused("The emulator is not responding.", 0);
  }
  const read = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const message = read.error?.message ?? `The emulator responded with status ${answer.status}.`;
    throw new Refused(message, answer.status);
  }
  return read;
}

/**
 * Return a throttled version of the async function `work`: it never runs concurrently, at most once per `least`
 * milliseconds, and less often the longer it takes, so that an open page never overloads the emulator.
 */
export function paced(work, least = 500) {
  let asked = false;
  let busy = false;
  let next = 0; // on the page's clock, in milliseconds
  const run = async () => {
    busy = true;
    asked = false;
    const began = performance.now();
    try {
      await work();
    } finally {
      const ended = performance.now();
      next = Math.max(began + least, ended + Math.min(30 * (ended - began), MOST));
      busy = false;
      if (asked) later();
    }
  };
  const later = () => setTimeout(run, Math.max(0, next - performance.now()));
  return () => {
    if (asked) return;
    asked = true;
    if (!busy) later();
  };
}
