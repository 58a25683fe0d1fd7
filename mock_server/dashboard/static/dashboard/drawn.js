/**
 * An item as the chat draws it, for reading: in a shadow root, since the chat's styles are not this page's, and such
 * that nothing in it can be pressed, sent or fetched from elsewhere.
 */

import { h, icon, safeLink, setStyle } from "./ui.js";
import { viewOf } from "../../deployments/chatkit/frame/items/index.js";
import { colorsOf, measuresOf } from "../../deployments/chatkit/frame/theme.js";

const CHAT = "../../deployments/chatkit/frame";
const FILES = [`${CHAT}/base.css`, `${CHAT}/conversation.css`, `${CHAT}/widgets.css`, "drawn.css"];
const THEME = { colorScheme: "light", radius: "pill", density: "normal" };
const FOLDS = "summary, .w-toggle, .w-more"; // what opens and closes may do so
const CONTROLS = "button, input, select, textarea, [role=button]";
const GUARDED = ["click", "submit", "change", "keydown", "mousedown"];

let sheets;

/** What draws an item: `element`, `update(item)`, `paint(scheme)`. */
export class Drawn {
  constructor(item, scheme) {
    sheets ??= loadSheets();
    this.canvas = h("div", { class: "canvas", data: { scheme, accentLevel: 0 } });
    this.element = h("div", { class: "drawn", hidden: true });
    setStyle(this.element, measuresOf(THEME));
    const root = this.element.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = sheets.all;
    root.append(this.canvas);
    sheets.ready.then(() => (this.element.hidden = false));
    for (const kind of GUARDED) this.canvas.addEventListener(kind, guard, true);
    this.draw(item);
  }

  update(item) {
    if (this.hasForeign) this.draw(item);
    else this.view.update(unfocused(item));
    this.disarm();
  }

  paint(scheme) {
    this.canvas.dataset.scheme = scheme;
  }

  /** Draws it from nothing, with the folds as they were. */
  draw(item) {
    const open = [...this.canvas.querySelectorAll("details")].map((fold) => fold.open);
    this.view = viewOf(unfocused(item), chatOf(this.canvas.dataset.scheme));
    this.disarm(); // before it is in the page, where images would be fetched
    this.canvas.replaceChildren(this.view.element);
    [...this.canvas.querySelectorAll("details")].forEach((fold, index) => (fold.open = open[index] ?? fold.open));
  }

  disarm() {
    const { element } = this.view;
    const foreign = [...element.querySelectorAll("img[src]")].filter(({ src }) => !isOwn(src));
    for (const image of foreign) tellOf(image);
    this.hasForeign ||= foreign.length > 0;
    for (const link of element.querySelectorAll(".widget a[href]:not(.foreign)")) {
      link.title ||= link.href;
      link.removeAttribute("href");
    }
    for (const control of element.querySelectorAll(CONTROLS)) {
      if (control.matches(FOLDS)) continue;
      control.tabIndex = -1;
      control.setAttribute("aria-disabled", "true");
    }
  }
}

/** What the chat is to items: nobody listens to what they say. */
function chatOf(colorScheme) {
  const locale = navigator.language;
  return {
    options: { locale, theme: { ...THEME, colorScheme }, entities: {}, widgets: {} },
    widgetHost: () => ({ scheme: colorScheme, locale, act: async () => {} }),
    act: async () => {},
    answer() {},
    emit() {},
  };
}

/** The item without what makes fields of widgets take the focus as they appear. */
function unfocused(item) {
  const asked = new Set(["autoFocus", "autoSelect"]);
  return JSON.parse(JSON.stringify(item), (key, value) => (asked.has(key) ? undefined : value));
}

function guard(event) {
  const { target, type, key } = event;
  if (type === "keydown" && key !== "Enter" && key !== " ") return;
  if (type === "mousedown" && !target.closest("select")) return; // or text could not be selected
  if (target.closest(FOLDS) || target.closest("a[href]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Whether the page may show an image: its policy allows no others. */
function isOwn(address) {
  const { origin, protocol } = new URL(address);
  return protocol === "data:" || (protocol !== "blob:" && origin === location.origin);
}

/** Puts an image's address in its place. */
function tellOf(image) {
  const href = safeLink(image.src);
  const words = image.alt ? `${image.alt}: ${image.src}` : image.src;
  image.removeAttribute("src");
  image.hidden = true;
  const inside = [icon("square-image"), h("span", {}, words)];
  const made = href
    ? h("a", { class: "foreign", href, target: "_blank", rel: "noopener noreferrer" }, inside)
    : h("span", { class: "foreign" }, inside);
  image.after(made);
}

/** The styles, read once for all items; what can't be read is left out. */
function loadSheets() {
  const all = FILES.map(() => new CSSStyleSheet());
  const read = async (name, sheet) => {
    const answer = await fetch(new URL(name, import.meta.url));
    if (answer.ok) await sheet.replace(await answer.text());
  };
  const ready = Promise.allSettled(FILES.map((name, index) => read(name, all[index])));
  const colors = new CSSStyleSheet();
  colors.replaceSync(colorsOf(THEME));
  return { all: [...all.slice(0, -1), colors, all.at(-1)], ready };
}
