/** The fault in the form, as the JSON that is posted and as equivalent Python. */

/** The operations that a fault can match, in groups; the first of a group matches all of it. */
export const OPERATIONS = {
  Sessions: ["sessions", "sessions.create", "sessions.cancel"],
  Conversation: [
    "conversation",
    "conversation.threads.create",
    "conversation.threads.add_user_message",
    "conversation.threads.add_client_tool_output",
    "conversation.threads.add_structured_input",
    "conversation.threads.retry_after_item",
    "conversation.threads.custom_action",
    "conversation.threads.sync_custom_action",
    "conversation.threads.get_by_id",
    "conversation.threads.list",
    "conversation.threads.update",
    "conversation.threads.delete",
    "conversation.items.list",
    "conversation.items.feedback",
    "conversation.attachments.create",
    "conversation.attachments.delete",
    "conversation.input.transcribe",
  ],
  Threads: ["threads", "threads.list", "threads.retrieve", "threads.list_items", "threads.delete"],
  Files: ["files", "files.upload", "files.put", "files.content"],
  "Domain keys": ["domain_keys", "domain_keys.verify", "domain_keys.verify_hosted"],
  "Store of your own server": [
    "store",
    "store.load_thread",
    "store.save_thread",
    "store.load_threads",
    "store.delete_thread",
    "store.load_thread_items",
    "store.add_thread_item",
    "store.save_item",
    "store.load_item",
    "store.delete_thread_item",
    "store.save_attachment",
    "store.load_attachment",
    "store.delete_attachment",
    "store.create_attachment",
  ],
};

/** Return the FaultParams for the form's values. Invalid numbers are sent unchanged; the emulator rejects them. */
export function bodyOf(typed) {
  const texts = Object.fromEntries(Object.entries(typed).map(([name, text]) => [name, text.trim()]));
  const { name, operation, path, workflow, user, session, nth, probability, times, lasts } = texts;
  return given({
    name,
    match: given({
      operation,
      path,
      workflow,
      user,
      session,
      nth: numbersOf(nth),
      probability: numberOf(probability),
    }),
    do: given(actionOf(texts)),
    times: numberOf(times),
    lasts,
  });
}

function actionOf({ ending, status, message, retry_after: wait, events, delay, end_session, bandwidth }) {
  const more = given({ message, retry_after: numberOf(wait) });
  const error = Object.keys(more).length ? { status: numberOf(status), ...more } : numberOf(status);
  const ends = { error, drop: true, cut: numberOf(events), malformed: numberOf(events), truncated: numberOf(events) };
  return { delay, end_session, ...(ending && { [ending]: ends[ending] }), bandwidth: numberOf(bandwidth) };
}

function numberOf(text) {
  if (!text) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function numbersOf(text) {
  const numbers = (text ?? "")
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(numberOf);
  return numbers.length > 1 ? numbers : numbers[0];
}

function given(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ""));
}

const WIDTH = 88; // maximum line length of the Python code

/** Return Python code that adds the fault. */
export function pythonOf(
  { name, match: { operation, ...match }, do: { error, ...deed }, times, lasts },
  { url, project },
) {
  const { retry_after: wait, ...whole } = typeof error === "object" ? error : { status: error };
  const failure = Object.keys(whole).length > 1 ? whole : whole.status;
  const named = given({ ...match, error: failure, retry_after: wait, ...deed, times, lasts, name });
  const passed = Object.entries(named).map(([word, value]) => `${word}=${literal(value)}`);
  if (operation) passed.unshift(literal(operation));
  const line = `mock.faults.add(${passed.join(", ")})`;
  const call = line.length > WIDTH ? `mock.faults.add(\n${passed.map((each) => `    ${each},\n`).join("")})` : line;
  const where = project ? `${literal(url)}, project=${literal(project)}` : literal(url);
  return `from mock_server.testing import connect\n\nmock = connect(${where})\n${call}\n`;
}

function literal(value) {
  if (value === true) return "True";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, each]) => `${JSON.stringify(name)}: ${literal(each)}`)
    .join(", ")}}`;
}
