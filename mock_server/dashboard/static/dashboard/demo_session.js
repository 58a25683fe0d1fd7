/** Create sessions as an app's server does: through the API, so that faults and the journal apply. */

import { apiBase } from "./snippets.js";

const ANY_KEY = "sk-demo";

let key = ANY_KEY; // never stored

/** Use another API key from now on. */
export function useKey(given) {
  key = given;
}

/** Whether the user entered an API key, which must not be shown. */
export function hasOwnKey() {
  return key !== ANY_KEY;
}

/** Creating a session failed. `status` is 0 without a response; `body`, `hint` and `requestId` are the response's. */
export class NotCreated extends Error {
  constructor(message, { status = 0, body, hint, requestId } = {}) {
    super(message);
    Object.assign(this, { status, body, hint, requestId });
  }
}

/** Create a session in a project, "" for the default one. Throws NotCreated. */
export async function createSession(project, request) {
  const { status, ok, headers, text } = await post(`${apiBase(project)}/chatkit/sessions`, request);
  const body = parsed(text);
  if (ok && body?.client_secret) return body;
  throw new NotCreated(body?.error?.message ?? `The emulator responded with status ${status}, but without a session.`, {
    status,
    body: body ?? text,
    hint: headers.get("x-mock-hint"),
    requestId: headers.get("x-request-id"),
  });
}

async function post(address, request) {
  const headers = {
    authorization: `Bearer ${key}`,
    "openai-beta": "chatkit_beta=v1",
    "content-type": "application/json",
  };
  try {
    const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(request) });
    const { status, ok, headers: told } = answer;
    return { status, ok, headers: told, text: await answer.text() };
  } catch {
    throw new NotCreated("The emulator did not respond or closed the connection.");
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
