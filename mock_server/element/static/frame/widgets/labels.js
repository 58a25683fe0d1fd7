/** Accessible names of controls: from a Label, else the placeholder, else the field's name. */

const readers = new WeakMap(); // field: function that returns its value
let last = 0;

/** Register an element as a form field; `read()` returns its value. */
export function makeField(element, read) {
  element.dataset.field = "";
  readers.set(element, read);
  return element;
}

/** Return the fields within an element as `[[name, value]]`; disabled ones are left out, as in any form. */
export function fieldValues(element) {
  const fields = [...element.querySelectorAll("[data-field]:not([data-off])")];
  return fields.map((field) => [field.dataset.field, valueOf(field)]);
}

/** Return a field's current value. */
export function valueOf(field) {
  return readers.get(field)();
}

/** Set a field's name, and its accessible name if it has no Label. */
export function nameField(element, name, fallback) {
  element.dataset.field = name;
  element.dataset.name = fallback || name;
}

/** Link each Label to its field, preferably in the same form. */
export function linkLabels(root) {
  const labels = [...root.querySelectorAll("label[data-for]")];
  const named = new Map();
  for (const label of labels) {
    const field = find(label, root);
    label.removeAttribute("for");
    if (field) named.set(field, label);
  }
  for (const field of root.querySelectorAll("[data-field]")) link(field, named.get(field));
}

function find(label, root) {
  const wanted = `[data-field="${CSS.escape(label.dataset.for)}"]`;
  return label.closest("form")?.querySelector(wanted) ?? root.querySelector(wanted);
}

function link(field, label) {
  const own = field.dataset.ariaLabel; // a RadioGroup's
  if (field.getAttribute("role") === "radiogroup") {
    name(field, own ? undefined : label, own || field.dataset.name);
  } else if (label) {
    field.id ||= identifier();
    label.htmlFor = field.id;
    field.removeAttribute("aria-label");
  } else if (!("labelled" in field.dataset)) {
    field.setAttribute("aria-label", field.dataset.name);
  } else field.removeAttribute("aria-label");
}

function name(group, label, otherwise) {
  if (label) {
    label.id ||= identifier();
    group.setAttribute("aria-labelledby", label.id);
    group.removeAttribute("aria-label");
  } else {
    group.removeAttribute("aria-labelledby");
    group.setAttribute("aria-label", otherwise);
  }
}

/** Return a unique id. */
export function identifier() {
  last += 1;
  return `widget-${last}`;
}
