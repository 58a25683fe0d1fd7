/** Selects, date pickers, checkboxes and radio groups. The user's choice survives updates of the widget. */

import { h } from "../dom.js";
import { send, setDisabled } from "./actions.js";
import { SIZES, VARIANTS } from "./buttons.js";
import { drawIcon } from "./content.js";
import { identifier, makeField, nameField, valueOf } from "./labels.js";
import { objects, oneOf, text } from "./style.js";

/** Create a select. */
export function Select(widget, context) {
  const element = makeField(h("select", { class: "w-select" }), () => selected(element));
  const clear = clearButton(element, () => { element.value = ""; });
  const wrapper = h("span", { class: "w-choice" }, element, drawIcon("chevron-down"), clear);
  const own = onChange(element, context);
  const first = new FirstChoice();
  const set = (properties) => {
    Object.assign(own, { given: properties });
    const chosen = first.next(selected(element), optional(properties.defaultValue));
    element.replaceChildren(placeholder(properties), ...objects(properties.options).map(option));
    choose(element, chosen);
    dress(wrapper, element, properties);
  };
  return { element: wrapper, set };
}

function selected(element) {
  const option = element.selectedOptions[0];
  return !option || option.hidden ? null : option.value;
}

function placeholder({ placeholder: words }) {
  return h("option", { value: "", hidden: true }, text(words));
}

function option({ value, label, description, disabled }) {
  const words = text(label) || text(value);
  const name = text(description) ? `${words} — ${text(description)}` : words;
  return h("option", { value: text(value), disabled: disabled === true }, name);
}

function choose(element, value) {
  const options = [...element.options];
  (options.find((one) => !one.hidden && one.value === value) ?? options[0]).selected = true;
  markEmpty(element, value === null);
}

/** Create a date picker. It takes ISO 8601 dates; its value is midnight UTC at the start of the day. */
export function DatePicker(widget, context) {
  const element = makeField(h("input", { class: "w-select", type: "date" }), () => moment(element.value));
  const words = h("span", { class: "w-placeholder", "aria-hidden": "true" });
  const clear = clearButton(element, () => { element.value = ""; });
  const wrapper = h("span", { class: "w-choice w-date" }, element, words, drawIcon("calendar"), clear);
  const own = onChange(element, context);
  const first = new FirstChoice();
  element.addEventListener("click", () => openPicker(element));
  const set = (properties) => {
    Object.assign(own, { given: properties });
    words.textContent = text(properties.placeholder);
    wrapper.classList.toggle("w-has-placeholder", words.textContent !== "");
    for (const edge of ["min", "max"]) element[edge] = day(properties[edge]);
    element.value = first.next(element.value, day(properties.defaultValue));
    dress(wrapper, element, properties);
    markEmpty(element, element.value === "");
  };
  return { element: wrapper, set };
}

// The date as it is written, regardless of the user's time zone.
function day(value) {
  return /^\d{4}-\d{2}-\d{2}/.exec(text(value))?.[0] ?? "";
}

function moment(date) {
  return date === "" ? null : `${date}T00:00:00.000Z`;
}

function openPicker(element) {
  try {
    element.showPicker();
  } catch {
    // Not supported, or not allowed in this frame: the date can still be typed.
  }
}

/** Create a checkbox. */
export function Checkbox(widget, context) {
  const element = makeField(h("input", { class: "w-check", type: "checkbox" }), () => element.checked);
  const words = h("span");
  const wrapper = h("label", { class: "w-option" }, element, words);
  const own = onChange(element, context);
  const first = new FirstChoice();
  const set = (properties) => {
    Object.assign(own, { given: properties });
    nameField(element, text(properties.name), "");
    words.textContent = text(properties.label);
    element.toggleAttribute("data-labelled", words.textContent !== "");
    element.checked = first.next(element.checked, properties.defaultChecked === true);
    element.required = properties.required === true;
    setDisabled(element, properties.disabled === true);
  };
  return { element: wrapper, set };
}

/** Create a radio group. */
export function RadioGroup(widget, context) {
  const element = h("div", { class: "w-radios", role: "radiogroup" });
  makeField(element, () => element.querySelector("input:checked")?.value ?? null);
  const own = onChange(element, context);
  const first = new FirstChoice();
  const group = identifier();
  const set = (properties) => {
    Object.assign(own, { given: properties });
    const chosen = first.next(valueOf(element), optional(properties.defaultValue));
    nameField(element, text(properties.name), "");
    element.dataset.ariaLabel = text(properties.ariaLabel);
    element.dataset.direction = oneOf(properties.direction, ["row", "col"], "col");
    element.setAttribute("aria-required", String(properties.required === true));
    const options = objects(properties.options);
    keepFocus(element, () => element.replaceChildren(...options.map((one) => radio(one, group, properties, chosen))));
    setDisabled(element, properties.disabled === true);
  };
  return { element, set };
}

function radio({ value, label, disabled }, name, { required }, chosen) {
  const input = h("input", {
    class: "w-check", type: "radio", name, value: text(value), required: required === true,
    data: disabled === true ? { off: "" } : {},
  });
  input.checked = input.value === chosen;
  return h("label", { class: "w-option" }, input, h("span", {}, text(label) || text(value)));
}

function keepFocus(element, change) {
  const { value } = element.contains(document.activeElement) ? document.activeElement : {};
  change();
  if (value !== undefined) [...element.querySelectorAll("input")].find((input) => input.value === value)?.focus();
}

// Keeps the user's choice; until there is one, the widget's default value applies.
class FirstChoice {
  next(current, given) {
    const untouched = this.given === undefined || current === this.given;
    this.given = given;
    return untouched ? given : current;
  }
}

function optional(value) {
  return value == null ? null : text(value);
}

function onChange(element, context) {
  const own = { given: {} };
  element.addEventListener("change", () => {
    if (element.localName !== "div") markEmpty(element, [null, ""].includes(valueOf(element)));
    const field = [element.dataset.field, valueOf(element)];
    send(own.given.onChangeAction, { source: element, context, auto: "none", field });
  });
  return own;
}

function clearButton(element, empty) {
  return h("button", {
    class: "w-clear", type: "button",
    onclick: () => {
      empty();
      element.dispatchEvent(new Event("change", { bubbles: true }));
      element.focus();
    },
  }, drawIcon("close"));
}

function markEmpty(element, empty) {
  element.parentElement.toggleAttribute("data-empty", empty);
}

function dress(wrapper, element, own) {
  nameField(element, text(own.name), text(own.placeholder));
  Object.assign(wrapper.dataset, {
    variant: oneOf(own.variant, VARIANTS, "outline"), size: oneOf(own.size, SIZES, "md"),
  });
  wrapper.classList.toggle("w-pill", own.pill === true);
  wrapper.classList.toggle("w-block", own.block === true);
  const clear = wrapper.querySelector(".w-clear");
  clear.hidden = own.clearable !== true || own.disabled === true;
  clear.setAttribute("aria-label", `Clear ${element.dataset.name}`);
  wrapper.classList.toggle("w-clearable", !clear.hidden);
  setDisabled(element, own.disabled === true);
}
