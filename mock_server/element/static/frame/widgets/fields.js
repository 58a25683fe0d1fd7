/** Text fields. What the user entered survives updates of the widget. */

import { h, setStyle } from "../dom.js";
import { setDisabled } from "./actions.js";
import { SIZES } from "./buttons.js";
import { makeField, nameField } from "./labels.js";
import { count, object, oneOf, restyle, text } from "./style.js";

const TYPES = ["number", "email", "text", "password", "tel", "url"];
const GUTTERS = ["2xs", "xs", "sm", "md", "lg", "xl"];
// Attributes that make password managers ignore a field.
const IGNORED = { "data-1p-ignore": "", "data-lpignore": "true", "data-bwignore": "", "data-form-type": "other" };

/** Create a single-line field. */
export function Input(widget) {
  const element = makeField(h("input", { class: "w-field" }), () => inputValue(element));
  const first = new First(element);
  const set = (own) => {
    element.type = oneOf(own.inputType, TYPES, "text");
    if (element.type === "number") element.step = "any";
    nameField(element, text(own.name), text(own.placeholder));
    describe(element, own);
    setAttribute(element, "pattern", text(own.pattern));
    dress(element, own);
    first.set(text(own.defaultValue));
    setDisabled(element, own.disabled === true);
  };
  enter(element, widget);
  return { element, set };
}

function inputValue(element) {
  if (element.type !== "number") return element.value;
  return element.value === "" ? null : element.valueAsNumber;
}

/** Create a multi-line field. */
export function Textarea(widget) {
  const element = makeField(h("textarea", { class: "w-field" }), () => element.value);
  const first = new First(element);
  const checked = checkPattern(element);
  const set = (own) => {
    const rows = count(own.rows) ?? 3;
    nameField(element, text(own.name), text(own.placeholder));
    describe(element, own);
    dress(element, own);
    element.rows = rows;
    element.classList.toggle("w-growing", own.autoResize === true);
    restyle(element, { "--rows": rows, "--max-rows": count(own.maxRows) });
    first.set(text(own.defaultValue));
    checked(text(own.pattern));
    setDisabled(element, own.disabled === true);
    grow(element);
  };
  enter(element, widget);
  return { element, set };
}

/** Create an editable text; `look(properties)` returns its style. */
export function EditableText(widget, look) {
  const element = makeField(h("textarea", { class: "w-text w-editable w-growing", rows: 1 }), () => element.value);
  const first = new First(element);
  const checked = checkPattern(element);
  let editable = {};
  submitOnEnter(element);
  element.addEventListener("focus", () => editable.autoSelect === true && element.select());
  const set = (own) => {
    editable = object(own.editable);
    nameField(element, text(editable.name), text(editable.placeholder));
    describe(element, editable);
    if (text(editable.autoComplete)) element.setAttribute("autocomplete", editable.autoComplete);
    element.dataset.size = text(own.size) || "md";
    element.dataset.lines = count(own.minLines) ?? 1;
    restyle(element, look(own));
    setStyle(element, { "--max-rows": count(own.maxLines) });
    first.set(text(own.value));
    checked(text(editable.pattern));
    grow(element);
  };
  enter(element, { autoFocus: object(widget.editable).autoFocus });
  return { element, set };
}

// Enter submits, as in a single-line field, unless the field has several lines.
function submitOnEnter(element) {
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || element.dataset.lines !== "1") return;
    event.preventDefault();
    element.form?.requestSubmit();
  });
}

// Keeps the user's input; until there is any, the widget's value applies.
class First {
  constructor(element) {
    this.element = element;
  }

  set(value) {
    if (this.element.value === (this.value ?? "") && value !== this.value) this.element.value = value;
    this.value = value;
  }
}

function describe(element, own) {
  setAttribute(element, "placeholder", text(own.placeholder));
  element.required = own.required === true;
  if (own.allowAutofillExtensions === true) return;
  for (const [name, value] of Object.entries(IGNORED)) element.setAttribute(name, value);
  setAttribute(element, "autocomplete", "off");
}

function dress(element, own) {
  Object.assign(element.dataset, {
    variant: oneOf(own.variant, ["soft", "outline"], "outline"), size: oneOf(own.size, SIZES, "md"),
    gutter: oneOf(own.gutterSize, GUTTERS, ""),
  });
  element.classList.toggle("w-pill", own.pill === true);
}

function setAttribute(element, name, value) {
  if (value) element.setAttribute(name, value);
  else element.removeAttribute(name);
}

// Textareas do not support `pattern`; the message is the one that browsers show.
function checkPattern(element) {
  let pattern = "";
  const check = () => {
    const refused = pattern !== "" && element.value !== "" && !matches(pattern, element.value);
    element.setCustomValidity(refused ? "Please match the requested format." : "");
  };
  element.addEventListener("input", check);
  return (given) => {
    pattern = given;
    check();
  };
}

function matches(pattern, value) {
  try {
    return new RegExp(`^(?:${pattern})$`, "v").test(value);
  } catch {
    return true; // an input ignores an invalid pattern too
  }
}

// For browsers without `field-sizing: content`.
function grow(element) {
  if (CSS.supports("field-sizing", "content") || !element.classList.contains("w-growing")) return;
  const fit = () => {
    setStyle(element, { height: "auto" });
    setStyle(element, { height: `${element.scrollHeight}px` });
  };
  element.oninput = fit;
  requestAnimationFrame(fit);
}

// Focus a new field or select its content, if the widget asks for it.
function enter(element, { autoFocus, autoSelect }) {
  requestAnimationFrame(() => {
    if (autoFocus === true) element.focus();
    if (autoSelect === true) element.select();
  });
}
