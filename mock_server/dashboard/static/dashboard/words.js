/** Small words. What others wrote stands in `bdi`, so that it can't turn the words around it. */

import { h } from "./ui.js";

const LONG = 240; // characters of a text that are shown in a sentence
const UNITS = { ms: "ms", s: "s", m: "min", h: "h", d: "d" };

/** A text of somebody's in a sentence: inert, isolated, and not longer than a sentence bears. */
export function said(text) {
  return h("bdi", { class: "said" }, cut(String(text)));
}

/** The beginning of a text. */
export function cut(text, most = LONG) {
  return text.length > most ? `${text.slice(0, most)} …` : text;
}

/** `a, b and c`: parts, each one node or several, as a list of nodes. */
export function listed(parts) {
  return parts.flatMap((part, at) => [at === 0 ? "" : at === parts.length - 1 ? " and " : ", ", ...[part].flat()]);
}

/** `1st`, `2nd`, `11th`; what is no number stays as it is. */
export function ordinal(number) {
  if (!Number.isInteger(number)) return String(number);
  const ending = { one: "st", two: "nd", few: "rd", other: "th" }[
    new Intl.PluralRules("en", { type: "ordinal" }).select(number)
  ];
  return `${number}${ending}`;
}

/** `1 hit`, `2 hits`. */
export function counted(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** A length of time as it was given, `10m` or a number of seconds, in words. */
export function lengthOf(span) {
  if (typeof span === "number") return `${span} s`;
  const [, number, unit] = /^([+-]?\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(span) ?? [];
  return unit ? `${number} ${UNITS[unit]}` : span;
}

/** A value in one line, without the quotes of JSON: `{status: lost}`. */
export function brief(value) {
  if (Array.isArray(value)) return `[${value.map(brief).join(", ")}]`;
  if (value === null || typeof value !== "object") return String(value);
  return `{${Object.entries(value)
    .map(([name, each]) => `${name}: ${brief(each)}`)
    .join(", ")}}`;
}
