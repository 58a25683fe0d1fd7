/** The turns of a workflow in words: their conditions and their replies. */

import { brief, counted, cut, lengthOf, listed, ordinal, said } from "./words.js";

/** Describe the condition of a turn, as a list of nodes: `When the text contains 'order'`. */
export function whenWords(when) {
  const others = Object.entries(CONDITIONS).map(([name, words]) => name in when && words(when[name], when));
  const parts = [...textWords(when.text), ...others.filter(Boolean)];
  return parts.length ? ["When ", ...listed(parts)] : ["For any input"];
}

function textWords(text) {
  if (text === undefined) return [];
  if (typeof text === "string") return [["the text contains ", ...quoted(text)]];
  const { equals, contains, regex } = text;
  return [
    equals !== undefined && ["the text is ", ...quoted(equals)],
    contains !== undefined && ["the text contains ", ...quoted(contains), " (case-sensitive)"],
    regex !== undefined && ["the text matches ", said(regex)],
  ].filter(Boolean);
}

const CONDITIONS = {
  turn: (turn) => [`it is the user's ${ordinal(turn)} message`],
  action: (action) => (action ? ["the action ", said(action), " is sent"] : ["any action is sent"]),
  tool: (tool, { output }) => [tool ? "the tool " : "any tool", ...(tool ? [said(tool)] : []), ...outputWords(output)],
  output: (output, { tool }) => (tool === undefined ? ["any tool", ...outputWords(output)] : undefined),
  answers: (answers) =>
    Object.keys(answers).length ? ["the answers include ", said(brief(answers))] : ["questions are answered"],
  state: (state) => ["the state includes ", said(brief(state))],
  user: (user) => ["the user is ", said(user)],
  attachment: (wanted) => attachmentWords(wanted),
};

function outputWords(output) {
  return output === undefined ? [" returns a result"] : [" returns ", said(brief(output))];
}

function attachmentWords(wanted) {
  if (typeof wanted === "boolean") return [wanted ? "a file is attached" : "no file is attached"];
  return ["a file of type ", said(wanted), " is attached"];
}

function quoted(text) {
  return ["'", said(text), "'"];
}

/** Describe a step of a reply as `[kind, text]`. */
export function stepWords(step) {
  const [kind, content] = Object.entries(step)[0] ?? ["nothing", ""];
  if (typeof content === "string" && kind !== "pause") return [kind, cut(content)];
  const tell = Object.hasOwn(STEPS, kind) ? STEPS[kind] : brief;
  return [kind, cut(tell(content))];
}

const STEPS = {
  message: (message) => textOf(message) + sourcesOf(message),
  progress: ({ text }) => text,
  reasoning: ({ thoughts }) => thoughts.map((thought) => thought.content ?? thought).join(" · "),
  workflow: ({ title, tasks }) => [title, tasks.map(taskWords).join(", ")].filter(Boolean).join(": "),
  web_search: ({ title, queries }) => [title, queries.join(", ")].filter(Boolean).join(": "),
  task: (task) => taskWords(task),
  widget: (root) => widgetWords(root),
  update_widget: ({ root, component_id: id, component, text }) =>
    root ? widgetWords(root) : `${id}: ${text ?? widgetWords(component)}`,
  client_tool: ({ name, arguments: given }) => `${name} ${brief(given ?? {})}`,
  structured_input: (inputs) => inputs.map(({ question, id }) => question ?? id).join(" · "),
  image: ({ url }) => url,
  effect: ({ name, data }) => `${name} ${brief(data ?? {})}`,
  notice: ({ message, level, title }) => [level, title, message].filter(Boolean).join(": "),
  error: ({ message, allow_retry: again }) =>
    `${message ?? "The element's default message"}${again ? " (retry allowed)" : ""}`,
  pause: (span) => lengthOf(span),
  end_of_turn: () => "Ends the assistant's turn",
  disconnect: () => "Closes the connection",
};
function textOf(message) {
  return message.text ?? (message.chunks ?? []).join("");
}

function sourcesOf({ annotations = [] }) {
  return annotations.length ? ` (${counted(annotations.length, "source")})` : "";
}

function taskWords({ title, content, type }) {
  return [title, content].filter(Boolean).join(": ") || type;
}

/** Describe a widget by its components: `Card with Title, Text`. */
function widgetWords(root) {
  const inside = partsOf(root?.children ?? []);
  return inside.length ? `${root.type} with ${inside.join(", ")}` : String(root?.type ?? brief(root));
}

function partsOf(children) {
  const parts = [children].flat().filter((child) => child && typeof child === "object");
  return parts.flatMap(({ type, value, label, children: within }) => {
    const text = [value, label].find((each) => typeof each === "string" && each);
    return [text ? `${type} '${text}'` : type, ...partsOf(within ?? [])];
  });
}
