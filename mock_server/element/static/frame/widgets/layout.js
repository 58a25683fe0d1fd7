/** Boxes, forms and what stands between things. */

import { h } from "../dom.js";
import { isValid, send } from "./actions.js";
import { borderColor } from "./colors.js";
import { border, box, oneOf, padding, pixels, restyle, units } from "./style.js";

/** A flex container; a column unless it says otherwise. */
export function Box() {
  return container("col");
}

/** A horizontal one. */
export function Row() {
  return container("row", true);
}

/** A vertical one. */
export function Col() {
  return container("col", true);
}

/** A root that is only a container. */
export function Basic() {
  const part = container("col");
  const set = (own) => {
    part.set(own);
    setTheme(part.element, own.theme);
  };
  return { ...part, set };
}

/** A form: its fields join the payload of every action within it. */
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

/** Sends what a form is for: the action of the button pressed, as with `formaction`, else the form's own. */
export function submit(form, submitter, action, context) {
  if (!isValid(form)) return; // the browser has checked this form, but none within it
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

/** Takes up what is left of a row or a column. */
export function Spacer() {
  const element = h("div", { class: "w-spacer", "aria-hidden": "true" });
  return { element, set: (own) => restyle(element, { "flex-basis": pixels(own.minSize) }) };
}

/** A line: across a column, upright in a row. */
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

/** Lets its child come in gently, and again whenever it is another one. */
export function Transition() {
  const element = h("div", { class: "w-transition" });
  return { element, slot: element, set() {} };
}

/** Forces light or dark on an element. */
export function setTheme(element, theme) {
  if (theme === "light" || theme === "dark") element.dataset.scheme = theme;
  else delete element.dataset.scheme;
}

/** What cards add to a box. */
export function frame(own) {
  return { ...padding(own.padding), ...border(own.border) };
}
