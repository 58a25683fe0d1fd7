/** Convert between the fields of the "Try a message" form and the request that it sends. */

const JSONS = { payload: "payload", output: "output", answers: "answers", state: "state" };

/** Return the TrialParams for the form's values. Throws an Error, to be shown to the user, on invalid JSON. */
export function trialOf(typed) {
  const { text, user, turn, action, tool, attachment } = typed;
  const read = Object.fromEntries(Object.keys(JSONS).map((name) => [name, jsonOf(name, typed[name])]));
  return {
    text,
    user,
    turn: /^\d+$/.test(turn) ? Number(turn) : turn,
    state: read.state ?? {},
    action: action ? { type: action, payload: read.payload } : undefined,
    tool: tool || undefined,
    output: read.output,
    answers: read.answers,
    attachments: attachment ? [{ name: "attached", mime_type: attachment }] : [],
  };
}

function jsonOf(name, text) {
  if (!text.trim()) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Invalid JSON in ${name}: ${error.message}`);
  }
}

/** Return form values that match a turn's `when`, as far as they can be derived from it. */
export function typedFor({ text, turn, action, tool, output, answers, state, user, attachment }) {
  return Object.fromEntries(
    Object.entries({
      text: typeof text === "object" ? (text.equals ?? text.contains) : text,
      turn,
      action: action === "" ? "any" : action,
      tool: tool || (tool === "" || output !== undefined ? "any" : undefined),
      output: written(output),
      answers: written(answers),
      state: written(state),
      user,
      attachment: typeOf(attachment),
    }).filter(([, value]) => value !== undefined),
  );
}

function written(value) {
  return value === undefined ? undefined : JSON.stringify(value);
}

function typeOf(wanted) {
  if (wanted === true) return "text/plain";
  if (!wanted) return undefined;
  return wanted.endsWith("/") ? `${wanted}${{ "image/": "png", "text/": "plain" }[wanted] ?? "any"}` : wanted;
}
