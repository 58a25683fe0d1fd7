/** What is typed to try a workflow, and what is sent of it. */

const JSONS = { payload: "payload", output: "output", answers: "answers", state: "state" };

/** TrialParams of what was typed; throws an Error with words where JSON is none. */
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
    throw new Error(`The ${name} is no JSON: ${error.message}`);
  }
}

/** What to type so that a turn answers, as far as that can be known. */
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
