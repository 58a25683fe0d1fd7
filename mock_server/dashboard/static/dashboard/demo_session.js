/** Creates sessions as an app's server would: at the API, so that faults strike and the journal tells of it. */

import { apiBase } from "./snippets.js";

const ANY_KEY = "sk-demo";

let key = ANY_KEY; // kept nowhere else

/** Uses another key from now on. */
export function useKey(given) {
  key = given;
}

/** Whether a key was given that must not be shown. */
export function hasOwnKey() {
  return key !== ANY_KEY;
}

/** No session was created: `status` is 0 when nobody answered; `body`, `hint` and `requestId` are the answer's. */
export class NotCreated extends Error {
  constructor(message, { status = 0, body, hint, requestId } = {}) {
    super(message);
    Object.assign(this, { status, body, hint, requestId });
  }
}

/** Asks for a session in a project, "" for the one of requests that name none. Throws NotCreated. */
export async function createSession(project, request) {
  const { status, ok, headers, text } = await post(`${apiBase(project)}/chatkit/sessions`, request);
  const body = parsed(text);
  if (ok && body?.client_secret) return body;
  throw new NotCreated(body?.error?.message ?? `The emulator answered ${status}, but not with a session.`, {
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
    throw new NotCreated("The emulator did not answer, or broke off.");
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
