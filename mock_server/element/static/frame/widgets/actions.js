/** Widget actions: adds form values to the payload, calls the host, and shows what is busy meanwhile. */

import { fieldValues } from "./labels.js";
import { object } from "./style.js";

const BEHAVIOURS = ["none", "self", "container"];
const busy = new WeakMap(); // element: number of actions that keep it busy

/** Whether this is an action that can be sent. */
export function isAction(config) {
  return typeof object(config).type === "string" && config.type !== "";
}

/**
 * Send an action. `source` is its component, `auto` the meaning of the loading behaviour "auto" there, `field` the
 * `[name, value]` of a changed control, `pressed` the button that shows the action as pending.
 */
export async function send(config, { source, context, auto, field, pressed = source }) {
  if (!isAction(config)) return;
  const form = source.closest("form");
  const values = [...(form ? fieldValues(form) : []), ...(field ? [field] : [])];
  const behaviour = BEHAVIOURS.includes(config.loadingBehavior) ? config.loadingBehavior : auto;
  const release = hold(behaviour, source, pressed, context.view);
  try {
    await context.host.act({
      type: config.type, payload: payloadOf(config, values),
      handler: config.handler === "client" ? "client" : "server", streaming: config.streaming !== false,
    });
  } catch {
    // The host shows the error.
  } finally {
    release();
  }
}

/** Validate a form and the forms within it; the browser shows what is missing. */
export function isValid(form) {
  return [form, ...form.querySelectorAll("form")].every((one) => one.reportValidity());
}

/** Disable a control, or enable it unless an action keeps it busy. */
export function setDisabled(element, disabled) {
  if (disabled) element.dataset.off = "";
  else delete element.dataset.off;
  enable(element);
}

function enable(element) {
  const off = "off" in element.dataset || busy.has(element);
  if ("disabled" in element) element.disabled = off;
  else for (const control of element.querySelectorAll("input")) control.disabled = off || "off" in control.dataset;
}

function payloadOf(config, values) {
  if (values.length === 0) return config.payload;
  const payload = {};
  for (const [name, value] of values) place(payload, name.split("."), value);
  return merge(payload, object(config.payload), config.type);
}

function place(target, [first, ...rest], value) {
  if (first === "" || first === "__proto__") return;
  if (rest.length === 0) target[first] = value;
  else {
    if (!Object.hasOwn(target, first) || target[first] !== object(target[first])) target[first] = {};
    place(target[first], rest, value);
  }
}

// On conflicts the payload wins: ChatKit ignores the form's value and logs an error.
function merge(values, payload, type) {
  const merged = { ...values };
  for (const [key, value] of Object.entries(payload)) {
    const both = Object.hasOwn(values, key);
    if (both && isRecord(values[key]) && isRecord(value)) merged[key] = merge(values[key], value, type);
    else {
      if (both) console.error(`The payload of "${type}" already has "${key}": the field's value is ignored.`);
      merged[key] = value;
    }
  }
  return merged;
}

function isRecord(value) {
  return value !== null && value === object(value);
}

function hold(behaviour, source, pressed, view) {
  if (behaviour === "none") return () => {};
  const focused = document.activeElement;
  const held = behaviour === "container" ? view : source;
  pressed.dataset.pending = "";
  busy.set(held, (busy.get(held) ?? 0) + 1);
  show(held);
  return () => {
    delete pressed.dataset.pending;
    const left = busy.get(held) - 1;
    if (left > 0) busy.set(held, left);
    else busy.delete(held);
    show(held);
    if (document.activeElement === document.body && view.contains(focused)) focused.focus({ preventScroll: true });
  };
}

function show(held) {
  if (busy.has(held)) held.setAttribute("aria-busy", "true");
  else held.removeAttribute("aria-busy");
  if (held.matches("button, input, select, textarea, [role=radiogroup]")) enable(held);
  else held.inert = busy.has(held);
}
