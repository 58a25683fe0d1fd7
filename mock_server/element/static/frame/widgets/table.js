/** Tables whose cells contain components. */

import { h } from "../dom.js";
import { count, oneOf, padding, pixels, restyle } from "./style.js";

const ALIGN = ["start", "center", "end"];
const VERTICAL = { start: "top", center: "middle", end: "bottom" };

/** Create a table; it scrolls horizontally if needed. */
export function Table() {
  const body = h("tbody");
  const element = h("div", { class: "w-scroll" }, h("table", { class: "w-table" }, body));
  new ResizeObserver(() => makeReachable(element)).observe(element);
  return { element, slot: body, set() {}, arrange: () => makeReachable(element) };
}

// Only a table that scrolls needs to be focusable.
function makeReachable(element) {
  const scrolls = element.scrollWidth > element.clientWidth;
  const attributes = { role: "group", "aria-label": "Table", tabindex: "0" };
  for (const [name, value] of Object.entries(attributes)) {
    if (scrolls) element.setAttribute(name, value);
    else element.removeAttribute(name);
  }
}

/** Create a row; with `header` its cells are header cells. */
export function TableRow(widget) {
  const element = h("tr", { class: widget.header === true ? "w-header" : undefined });
  return { element, slot: element, context: { header: widget.header === true }, set() {} };
}

/** Create a cell. */
export function Cell(widget, context) {
  const content = h("div", { class: "w-cell" });
  const element = context.header ? h("th", { scope: "col" }, content) : h("td", {}, content);
  const set = (own) => {
    element.colSpan = count(own.colSpan) ?? 1;
    element.rowSpan = count(own.rowSpan) ?? 1;
    element.dataset.size = oneOf(own.colSize, ["xs", "sm", "md", "lg", "xl"], "");
    content.dataset.align = oneOf(own.align, ALIGN, "start");
    restyle(element, {
      ...padding(own.padding), "width": pixels(own.width), "text-align": oneOf(own.align, ALIGN),
      "vertical-align": VERTICAL[own.vAlign],
    });
  };
  return { element, slot: content, set };
}
