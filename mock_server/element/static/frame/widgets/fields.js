/** Fields to write in. What a user wrote stays when the widget changes around it. */

import { h, setStyle } from "../dom.js";
import { setDisabled } from "./actions.js";
import { SIZES } from "./buttons.js";
import { makeField, nameField } from "./labels.js";
import { count, object, oneOf, restyle, text } from "./style.js";

const TYPES = ["number", "email", "text", "password", "tel", "url"];
const GUTTERS = ["2xs", "xs", "sm", "md", "lg", "xl"];
// What password managers look at to leave a field alone.
const IGNORED = { "data-1p-ignore": "", "data-lpignore": "true", "data-bwignore": "", "data-form-type": "other" };

/** A field of one line. */
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

/** A field of several lines. */
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

/** A text that its reader may change in place; `look` gives its style. */
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

// As in a field of one line, unless the text has room for more.
function submitOnEnter(element) {
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || element.dataset.lines !== "1") return;
    event.preventDefault();
    element.form?.requestSubmit();
  });
}

// The first value is the field's until the user changes it.
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

// Textareas know no patterns; the words are those that browsers use.
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
    return true; // as for a pattern of an input that is none
  }
}

// Where CSS can't size a field by its content yet.
function grow(element) {
  if (CSS.supports("field-sizing", "content") || !element.classList.contains("w-growing")) return;
  const fit = () => {
    setStyle(element, { height: "auto" });
    setStyle(element, { height: `${element.scrollHeight}px` });
  };
  element.oninput = fit;
  requestAnimationFrame(fit);
}

// When a field comes onto the page it may take the focus and select what is in it.
function enter(element, { autoFocus, autoSelect }) {
  requestAnimationFrame(() => {
    if (autoFocus === true) element.focus();
    if (autoSelect === true) element.select();
  });
}
