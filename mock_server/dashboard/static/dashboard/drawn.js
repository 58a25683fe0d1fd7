/**
 * A read-only rendering of a thread item with the element's own code. It lives in a shadow root, because it needs the
 * element's styles, and it disables every control and loads nothing from other origins.
 */

import { h, icon, safeLink, setStyle } from "./ui.js";
import { viewOf } from "../../deployments/chatkit/frame/items/index.js";
import { colorsOf, measuresOf } from "../../deployments/chatkit/frame/theme.js";

const CHAT = "../../deployments/chatkit/frame";
const FILES = [`${CHAT}/base.css`, `${CHAT}/conversation.css`, `${CHAT}/widgets.css`, "drawn.css"];
const THEME = { colorScheme: "light", radius: "pill", density: "normal" };
const FOLDS = "summary, .w-toggle, .w-more"; // these stay usable
const CONTROLS = "button, input, select, textarea, [role=button]";
const GUARDED = ["click", "submit", "change", "keydown", "mousedown"];

let sheets;

/** A rendered item: `element`, `update(item)`, `paint(scheme)` with "light" or "dark". */
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

  /** Redraw the item from scratch; keep which `<details>` are open. */
  draw(item) {
    const open = [...this.canvas.querySelectorAll("details")].map((fold) => fold.open);
    this.view = viewOf(unfocused(item), chatOf(this.canvas.dataset.scheme));
    this.disarm(); // before it is attached, which would load its images
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

/** Return a stand-in for the element's Chat whose callbacks do nothing. */
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

/** Return the item without the properties that make widget fields take the focus. */
function unfocused(item) {
  const asked = new Set(["autoFocus", "autoSelect"]);
  return JSON.parse(JSON.stringify(item), (key, value) => (asked.has(key) ? undefined : value));
}

function guard(event) {
  const { target, type, key } = event;
  if (type === "keydown" && key !== "Enter" && key !== " ") return;
  if (type === "mousedown" && !target.closest("select")) return; // so that text can be selected
  if (target.closest(FOLDS) || target.closest("a[href]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Whether the page's Content-Security-Policy allows this image. */
function isOwn(address) {
  const { origin, protocol } = new URL(address);
  return protocol === "data:" || (protocol !== "blob:" && origin === location.origin);
}

/** Replace an image by a link to it. */
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

/** Load the element's style sheets, shared by all items; skip those that fail to load. */
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
