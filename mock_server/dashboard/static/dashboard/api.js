/** What `/_mock` answers. */

const MOST = 3000; // milliseconds that a slow answer makes the next question wait

/** A refusal, in the server's own words; `status` is 0 when nobody answered. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** The address of a path below the emulator's, with the query's entries that say something. */
export function addressOf(path, query = {}) {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
  }
  return url;
}

/** Asks `/_mock/<path>`; rejects with Refused. */
export async function ask(path, { method = "GET", query = {}, body } = {}) {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const sent = body === undefined ? undefined : JSON.stringify(body);
  let answer;
  try {
    answer = await fetch(addressOf(`_mock/${path}`, query), { method, headers, body: sent });
  } catch {
    throw new Refused("The emulator does not answer.", 0);
  }
  const read = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(read.error?.message ?? `The emulator answered ${answer.status}.`, answer.status);
  return read;
}

/**
 * Lets `work` be asked for as often as one likes: it is done soon, never twice at once, at most once in `least`
 * milliseconds, and the rarer the longer it takes, so that watching never burdens the server.
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
