/** Helpers for sentences. User text is put into `<bdi>`, so that its direction cannot affect the text around it. */

import { h } from "./ui.js";

const LONG = 240; // characters of a user's text that are shown in a sentence
const UNITS = { ms: "ms", s: "s", m: "min", h: "h", d: "d" };

/** Return user text for a sentence: isolated in direction and shortened. */
export function said(text) {
  return h("bdi", { class: "said" }, cut(String(text)));
}

/** Shorten a text to `most` characters. */
export function cut(text, most = LONG) {
  return text.length > most ? `${text.slice(0, most)} …` : text;
}

/** Join parts, each a node or a list of nodes, into one list: `a, b and c`. */
export function listed(parts) {
  return parts.flatMap((part, at) => [at === 0 ? "" : at === parts.length - 1 ? " and " : ", ", ...[part].flat()]);
}

/** Format an ordinal: `1st`, `2nd`, `11th`; return anything but an integer unchanged. */
export function ordinal(number) {
  if (!Number.isInteger(number)) return String(number);
  const ending = { one: "st", two: "nd", few: "rd", other: "th" }[
    new Intl.PluralRules("en", { type: "ordinal" }).select(number)
  ];
  return `${number}${ending}`;
}

/** Format a count: `1 time`, `2 times`. */
export function counted(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** Format a duration as it was given, `10m` or a number of seconds: `10 min`, `5 s`. */
export function lengthOf(span) {
  if (typeof span === "number") return `${span} s`;
  const [, number, unit] = /^([+-]?\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(span) ?? [];
  return unit ? `${number} ${UNITS[unit]}` : span;
}

/** Format a value in one line, like JSON without quotes: `{status: lost}`. */
export function brief(value) {
  if (Array.isArray(value)) return `[${value.map(brief).join(", ")}]`;
  if (value === null || typeof value !== "object") return String(value);
  return `{${Object.entries(value)
    .map(([name, each]) => `${name}: ${brief(each)}`)
    .join(", ")}}`;
}
