/** Cards, and the status line above cards and lists. */

import { h, safeImage } from "../dom.js";
import { isAction, send } from "./actions.js";
import { drawIcon } from "./content.js";
import { surfaceColor } from "./colors.js";
import { identifier } from "./labels.js";
import { frame, setTheme, submit } from "./layout.js";
import { object, oneOf, restyle, text } from "./style.js";

const SIZES = ["sm", "md", "lg", "full"];

/** Create a card: children, a footer with confirm and cancel, and a form if `asForm` is set. */
export function Card(widget, context) {
  const status = new Status();
  const body = h("div", { class: "w-card-body", id: identifier() });
  const card = h(widget.asForm === true ? "form" : "div", { class: "w-card" });
  const footer = new Footer(card, context);
  const toggle = fold(body);
  const element = h("div", { class: "w-root" }, status.element, card);
  card.append(body, footer.element);
  const set = (own) => {
    const collapsed = own.collapsed === true;
    status.set(own.status);
    element.dataset.size = oneOf(own.size, SIZES, "md");
    setTheme(card, own.theme);
    restyle(card, { "background-color": surfaceColor(own.background), ...frame(own) });
    footer.set(own);
    footer.element.hidden ||= collapsed;
    if (collapsed) card.prepend(toggle);
    else toggle.remove();
    open(toggle, body, !collapsed);
  };
  return { element, slot: body, set };
}

// The confirm and cancel buttons of a card; confirm submits the card if it is a form.
class Footer {
  constructor(card, context) {
    this.confirm = button("submit", { tone: "primary", variant: "solid", size: "md" });
    this.cancel = button("button", { tone: "secondary", variant: "outline", size: "md" });
    this.element = h("div", { class: "w-card-footer" }, this.cancel, this.confirm);
    const press = ({ currentTarget: source }) => send(source.config, { source, context, auto: "container" });
    this.cancel.addEventListener("click", press);
    if (card.localName !== "form") this.confirm.addEventListener("click", press);
    card.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(card, event.submitter ?? this.confirm, this.confirm.config, context);
    });
  }

  set({ confirm, cancel }) {
    configure(this.confirm, confirm, "Confirm");
    configure(this.cancel, cancel, "Cancel");
    this.element.hidden = this.confirm.hidden && this.cancel.hidden;
  }
}

function button(type, data) {
  return h("button", { class: "w-button", type, data });
}

function configure(element, given, otherwise) {
  const { label, action } = object(given);
  element.hidden = !isAction(action) && !text(label);
  element.config = element.hidden ? undefined : action;
  const words = text(label) || otherwise;
  if (element.textContent !== words) element.replaceChildren(h("span", {}, words));
}

function fold(body) {
  const toggle = h(
    "button", { class: "w-toggle", type: "button", "aria-controls": body.id },
    h("span", {}, "Details"), drawIcon("chevron-down"),
  );
  toggle.addEventListener("click", () => open(toggle, body, body.hidden));
  return toggle;
}

function open(toggle, body, opened) {
  body.hidden = !opened;
  toggle.setAttribute("aria-expanded", String(opened));
}

/** The status line of a widget: an icon or favicon, and a text. */
export class Status {
  constructor() {
    this.element = h("div", { class: "w-status" });
  }

  set(given) {
    const { text: words, icon, favicon, frame: framed } = object(given);
    const source = safeImage(favicon);
    this.element.hidden = !text(words);
    this.element.replaceChildren(...[
      source && h("img", { class: framed === true ? "w-favicon w-frame" : "w-favicon", src: source, alt: "" }),
      !source && typeof icon === "string" && drawIcon(icon),
      h("span", {}, text(words)),
    ].filter(Boolean));
  }
}
