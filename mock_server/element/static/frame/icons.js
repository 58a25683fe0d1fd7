/** The icons: Lucide's, which ship with the element, by ChatKit's names. */

import { svg } from "./dom.js";

// ChatKit's names that differ from Lucide's.
const LUCIDE = {
  agent: "bot",
  analytics: "chart-line",
  batch: "layers",
  bolt: "zap",
  "book-closed": "book",
  "book-clock": "book-open-check",
  chart: "chart-column",
  "check-circle": "circle-check",
  "check-circle-filled": "circle-check",
  "circle-question": "circle-question-mark",
  confetti: "party-popper",
  cube: "box",
  desktop: "monitor",
  document: "file-text",
  "dots-horizontal": "ellipsis",
  "dots-vertical": "ellipsis-vertical",
  "dots-horizontal-circle": "circle-ellipsis",
  "dots-vertical-circle": "circle-ellipsis",
  dot: "circle-small",
  "empty-circle": "circle",
  keys: "key",
  lab: "flask-conical",
  lifesaver: "life-buoy",
  maps: "map",
  mobile: "smartphone",
  name: "id-card",
  "notebook-pencil": "notebook-pen",
  "page-blank": "file",
  profile: "circle-user",
  "profile-card": "contact",
  reload: "rotate-cw",
  "star-filled": "star",
  "sparkle-double": "sparkles",
  "square-image": "image",
  "square-text": "file-text",
  suitcase: "briefcase",
  "settings-slider": "sliders-horizontal",
  wreath: "award",
  write: "pencil",
  "write-alt": "square-pen",
  "write-alt2": "pen",
  "sidebar-left": "panel-left",
  "sidebar-right": "panel-right",
  "sidebar-open-left": "panel-left-open",
  "sidebar-open-right": "panel-right-open",
  "sidebar-open-left-alt": "panel-left-open",
  "sidebar-open-right-alt": "panel-right-open",
  "sidebar-floating-left": "panel-left",
  "sidebar-floating-right": "panel-right",
  "sidebar-floating-open-left": "panel-left-open",
  "sidebar-floating-open-right": "panel-right-open",
  "sidebar-collapse-left": "panel-left-close",
  "sidebar-collapse-right": "panel-right-close",
  "collapse-left": "panel-left-close",
  "collapse-right": "panel-right-close",
  "open-left": "panel-left-open",
  "open-right": "panel-right-open",
  "double-chevron-left": "chevrons-left",
  "double-chevron-right": "chevrons-right",
  home: "house",
  "home-alt": "house",
  "back-small": "chevron-left",
  "back-large": "arrow-left",
  "expand-large": "maximize-2",
  "collapse-large": "minimize-2",
  "expand-small": "maximize",
  "collapse-small": "minimize",
  "chat-temporary": "message-circle-dashed",
  "settings-cog": "settings",
  grid: "layout-grid",
  "menu-inverted": "menu",
  hamburger: "menu",
  history: "rotate-ccw-clock",
  compose: "square-pen",
  "light-mode": "sun",
  "dark-mode": "moon",
  close: "x",
};
const FILLED = new Set(["star-filled", "check-circle-filled", "dot"]);

let nodes = {};

/** Load the icons; if that fails, the chat works without them. */
export async function loadIcons() {
  try {
    nodes = await (await fetch(new URL("../vendor/lucide.json", import.meta.url))).json();
  } catch (error) {
    console.warn("Could not load the icons:", error);
  }
}

/** Return an icon by ChatKit's name or `lucide:<name>`, hidden from screen readers; a circle for unknown names. */
export function icon(name) {
  const plain = String(name).replace(/^lucide:/, "");
  const key = Object.hasOwn(LUCIDE, name) ? LUCIDE[name] : plain;
  const shapes = Object.hasOwn(nodes, key) ? nodes[key] : (nodes.circle ?? []);
  return svg(
    "svg",
    {
      class: "icon",
      viewBox: "0 0 24 24",
      fill: FILLED.has(name) ? "currentColor" : "none",
      stroke: "currentColor",
      "stroke-width": 2,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
      "aria-hidden": "true",
    },
    ...shapes.map(([shape, attributes]) => svg(shape, attributes)),
  );
}
