/** Boxes, forms, spacers and dividers. */

import { h } from "../dom.js";
import { isValid, send } from "./actions.js";
import { borderColor } from "./colors.js";
import { border, box, oneOf, padding, pixels, restyle, units } from "./style.js";

/** Create a flex container; a column unless `direction` is "row". */
export function Box() {
  return container("col");
}

/** Create a horizontal flex container. */
export function Row() {
  return container("row", true);
}

/** Create a vertical flex container. */
export function Col() {
  return container("col", true);
}

/** Create a plain root container. */
export function Basic() {
  const part = container("col");
  const set = (own) => {
    part.set(own);
    setTheme(part.element, own.theme);
  };
  return { ...part, set };
}

/** Create a form; its field values are added to the payload of every action within it. */
export function Form(widget, context) {
  const part = container("col", false, "form");
  let own = {};
  part.element.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    submit(part.element, event.submitter, own.onSubmitAction, context);
  });
  const set = (properties) => {
    own = properties;
    part.set(own);
  };
  return { ...part, set };
}

/** Submit a form: send the action of the pressed button, as with `formaction`, else the form's own. */
export function submit(form, submitter, action, context) {
  if (!isValid(form)) return; // the browser validated this form, but not the forms within it
  const buttons = submitter?.action;
  if (buttons) send(buttons, { source: submitter, context, auto: "self" });
  else send(action, { source: form, context, auto: "container", pressed: submitter ?? form });
}

function container(usual, fixed = false, name = "div") {
  const element = h(name, { class: "w-box" });
  const set = (own) => {
    element.toggleAttribute("data-aligned", own.align != null);
    element.dataset.direction = fixed ? usual : oneOf(own.direction, ["row", "col"], usual);
    restyle(element, box(own));
  };
  return { element, slot: element, set };
}

/** Create a spacer, which takes up the free space of a row or column. */
export function Spacer() {
  const element = h("div", { class: "w-spacer", "aria-hidden": "true" });
  return { element, set: (own) => restyle(element, { "flex-basis": pixels(own.minSize) }) };
}

/** Create a divider: horizontal in a column, vertical in a row. */
export function Divider() {
  const element = h("hr", { class: "w-divider" });
  const set = (own) => {
    element.classList.toggle("w-flush", own.flush === true);
    restyle(element, {
      "--line": borderColor(own.color), "--thickness": pixels(own.size), "--spacing": units(own.spacing),
    });
  };
  return { element, set };
}

/** Create a container that animates its child whenever it is replaced. */
export function Transition() {
  const element = h("div", { class: "w-transition" });
  return { element, slot: element, set() {} };
}

/** Force the light or dark scheme on an element. */
export function setTheme(element, theme) {
  if (theme === "light" || theme === "dark") element.dataset.scheme = theme;
  else delete element.dataset.scheme;
}

/** Return the padding and border of a card. */
export function frame(own) {
  return { ...padding(own.padding), ...border(own.border) };
}
