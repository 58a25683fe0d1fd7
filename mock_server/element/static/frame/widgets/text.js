/** Texts, titles, captions, labels and Markdown. */

import { h } from "../dom.js";
import { Markdown } from "../markdown.js";
import { textColor } from "./colors.js";
import { EditableText } from "./fields.js";
import { count, object, oneOf, pixels, restyle, text } from "./style.js";

const WEIGHTS = { normal: "400", medium: "500", semibold: "600", bold: "700" };
const ALIGN = ["start", "center", "end"];

/** Create a paragraph, or a text field if it is editable. */
export function Text(widget) {
  if (object(widget.editable) === widget.editable && text(widget.editable.name)) {
    return EditableText(widget, (own) => ({ ...look(own), ...form(own) }));
  }
  return words("p", "w-text", form);
}

function form(own) {
  const lines = count(own.minLines);
  return {
    "font-style": own.italic === true ? "italic" : undefined,
    "text-decoration": own.lineThrough === true ? "line-through" : undefined,
    "width": pixels(own.width), "min-height": lines && `${lines}lh`,
  };
}

/** Create a heading. */
export function Title() {
  return words("h4", "w-title");
}

/** Create a caption. */
export function Caption() {
  return words("p", "w-caption");
}

/** Create a label; `linkLabels` links it to its field. */
export function Label() {
  const part = words("label", "w-label");
  const set = (own) => {
    part.element.dataset.for = text(own.fieldName);
    part.set(own);
  };
  return { ...part, set };
}

/** Create sanitized Markdown that can be streamed. */
export function MarkdownText() {
  const markdown = new Markdown();
  const element = h("div", { class: "w-markdown" }, markdown.element);
  return { element, set: (own) => markdown.set(text(own.value), [], own.streaming === true) };
}

// Uses a single text node, so that streamed text changes nothing else.
function words(name, kind, further = () => ({})) {
  const node = document.createTextNode("");
  const element = h(name, { class: kind }, node);
  let drawn;
  const set = ({ value, ...own }) => {
    show(node, text(value));
    const asked = JSON.stringify(own);
    if (asked === drawn) return;
    drawn = asked;
    element.dataset.size = text(own.size) || "md";
    element.classList.toggle("w-truncated", own.truncate === true);
    element.classList.toggle("w-clamped", count(own.maxLines) !== undefined);
    restyle(element, { ...look(own), ...further(own) });
  };
  return { element, set };
}

function show(node, value) {
  if (value === node.data) return;
  if (value.startsWith(node.data)) node.appendData(value.slice(node.data.length));
  else node.data = value;
}

function look(own) {
  return {
    "color": textColor(own.color), "font-weight": WEIGHTS[own.weight], "text-align": oneOf(own.textAlign, ALIGN),
    "--lines": count(own.maxLines),
  };
}
