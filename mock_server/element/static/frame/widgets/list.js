/** Lists of rows, which can have actions. */

import { h } from "../dom.js";
import { isAction, send } from "./actions.js";
import { identifier } from "./labels.js";
import { setTheme } from "./layout.js";
import { Status } from "./roots.js";
import { count, flex, restyle } from "./style.js";

const AUTO = 5;
const CONTROLS = "a[href], button, input, select, textarea";

/** Create a list; rows beyond its limit are hidden behind "Show more". */
export function ListView() {
  const status = new Status();
  const list = h("ul", { class: "w-list-items" });
  const more = h("button", { class: "w-more", type: "button" }, "Show more");
  const frame = h("div", { class: "w-list" }, list, more);
  const element = h("div", { class: "w-root", data: { size: "md" } }, status.element, frame);
  let limit = Infinity;
  let opened = false;
  const arrange = () => {
    const items = [...list.children];
    items.forEach((item, place) => { item.hidden = !opened && place >= limit; });
    more.hidden = opened || items.length <= limit;
  };
  more.addEventListener("click", () => {
    const first = list.children[limit];
    opened = true;
    arrange();
    focusOn(first);
  });
  const set = (own) => {
    status.set(own.status);
    setTheme(frame, own.theme);
    limit = own.limit === "auto" ? AUTO : count(own.limit) ?? Infinity;
  };
  return { element, slot: list, set, arrange };
}

function focusOn(item) {
  const control = item.querySelector(`[role=button], ${CONTROLS}`) ?? item;
  if (control === item) item.tabIndex = -1;
  control.focus();
}

/**
 * Create a row. With an action the row itself is a button; if it contains controls, a separate button is added
 * instead, because interactive elements cannot be nested.
 */
export function ListViewItem(widget, context) {
  const content = h("div", { class: "w-item", id: identifier() });
  const opener = h("button", { class: "w-opener", type: "button", "aria-labelledby": content.id });
  const element = h("li", {}, content);
  let action;
  const choose = () => send(action, { source: element, context, auto: "container" });
  element.addEventListener("click", (event) => {
    if (action && !touchesControl(event.target, content)) choose();
  });
  content.addEventListener("keydown", (event) => {
    if (event.target !== content || !["Enter", " "].includes(event.key) || !content.hasAttribute("role")) return;
    event.preventDefault();
    if (!event.repeat) choose();
  });
  const set = (own) => {
    action = isAction(own.onClickAction) ? own.onClickAction : undefined;
    element.classList.toggle("w-chosen", action !== undefined);
    restyle(content, flex(own));
  };
  return { element, slot: content, set, arrange: () => become(element, content, opener, action) };
}

function become(element, content, opener, action) {
  const controls = content.querySelector(CONTROLS) !== null;
  if (action && !controls) {
    content.setAttribute("role", "button");
    content.tabIndex = 0;
  } else {
    content.removeAttribute("role");
    content.removeAttribute("tabindex");
  }
  if (!action || !controls) opener.remove();
  else if (!opener.isConnected) element.prepend(opener);
}

function touchesControl(target, content) {
  const control = target.closest(`label, ${CONTROLS}`);
  return control !== null && content.contains(control);
}
