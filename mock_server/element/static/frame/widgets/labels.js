/** Names for controls: a Label's, else the placeholder, else the field's name. */

const readers = new WeakMap(); // field: what gives its value
let last = 0;

/** Makes an element a field: found by its name, read when an action happens. */
export function makeField(element, read) {
  element.dataset.field = "";
  readers.set(element, read);
  return element;
}

/** The fields within an element: `[[name, value]]`; disabled ones have no say, as in any form. */
export function fieldValues(element) {
  const fields = [...element.querySelectorAll("[data-field]:not([data-off])")];
  return fields.map((field) => [field.dataset.field, valueOf(field)]);
}

/** Its current value. */
export function valueOf(field) {
  return readers.get(field)();
}

/** What a field is called and, where no Label names it, is named. */
export function nameField(element, name, fallback) {
  element.dataset.field = name;
  element.dataset.name = fallback || name;
}

/** Ties each Label to the field it names, in the same form. */
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

/** An id that nothing else on the page has. */
export function identifier() {
  last += 1;
  return `widget-${last}`;
}
