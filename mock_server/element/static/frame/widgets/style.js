/** Properties that many components share, as CSS. What CSS refuses is left out. */

import { setStyle } from "../dom.js";
import { borderColor, surfaceColor } from "./colors.js";

const EDGES = ["top", "right", "bottom", "left"];
const ALIGN = { start: "flex-start", center: "center", end: "flex-end", baseline: "baseline", stretch: "stretch" };
const JUSTIFY = {
  start: "flex-start", center: "center", end: "flex-end", between: "space-between", around: "space-around",
  evenly: "space-evenly", stretch: "stretch",
};
const RADIUS = {
  "2xs": "2px", "xs": "4px", "sm": "6px", "md": "8px", "lg": "10px", "xl": "12px", "2xl": "16px", "3xl": "20px",
  "4xl": "24px", "full": "9999px", "100%": "100%", "none": "0px",
};
const BORDER_STYLES = ["solid", "dashed", "dotted", "double", "groove", "ridge", "inset", "outset"];
const WRAP = ["nowrap", "wrap", "wrap-reverse"];

/** Replaces an element's style. */
export function restyle(element, properties) {
  element.style.cssText = "";
  setStyle(element, properties);
}

/** The value, if it is one of the names, else the fallback. */
export function oneOf(value, names, fallback) {
  return names.includes(value) ? value : fallback;
}

/** Any value as text: nothing for what is none. */
export function text(value) {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** A whole number above zero, within reason, or undefined. */
export function count(value) {
  return Number.isFinite(value) && value >= 1 ? Math.min(Math.floor(value), 1000) : undefined;
}

/** The value, if it is an object with properties, else an empty one. */
export function object(value) {
  return value && typeof value === "object" && !Array.isArray(value) ? value : {};
}

/** The objects of a list; of anything else none. */
export function objects(value) {
  return Array.isArray(value) ? value.filter((one) => one && typeof one === "object" && !Array.isArray(one)) : [];
}

/** A length: numbers are pixels. */
export function pixels(value) {
  return Number.isFinite(value) ? `${value}px` : length(value);
}

/** A distance: numbers are spacing units, of 4 pixels at normal density. */
export function units(value) {
  return Number.isFinite(value) ? `calc(var(--space, 4px) * ${value})` : length(value);
}

function length(value) {
  return typeof value === "string" && CSS.supports("width", value) ? value : undefined;
}

// Spacing on four edges: `edges(2)` or `edges({x: 2, top: 1})`, by edge.
function edges(value) {
  if (!value || typeof value !== "object") return Object.fromEntries(EDGES.map((edge) => [edge, units(value)]));
  const { x, y } = value;
  return {
    top: units(value.top ?? y), right: units(value.right ?? x),
    bottom: units(value.bottom ?? y), left: units(value.left ?? x),
  };
}

// "8px 12px" is for the browser to take apart.
function spacing(name, value) {
  if (typeof value === "string" && /\s/.test(value.trim())) return { [name]: value };
  return Object.fromEntries(Object.entries(edges(value)).map(([edge, size]) => [`${name}-${edge}`, size]));
}

/** Padding, and how far a child that is flush goes beyond it. */
export function padding(value) {
  if (value == null) return {};
  const { top, right, bottom, left } = edges(value);
  return {
    ...spacing("padding", value),
    "--pad-top": top ?? "0px", "--pad-right": right ?? "0px",
    "--pad-bottom": bottom ?? "0px", "--pad-left": left ?? "0px",
  };
}

/** A border: a number of pixels, `{size, color, style}`, or one of these for each edge. */
export function border(value) {
  if (value == null) return {};
  const each = typeof value === "object" && !("size" in value) ? value : { x: value, y: value };
  const { x, y } = each;
  const found = { top: each.top ?? y, right: each.right ?? x, bottom: each.bottom ?? y, left: each.left ?? x };
  return Object.fromEntries(EDGES.map((edge) => [`border-${edge}`, line(found[edge])]));
}

function line(value) {
  const { size, color, style } = typeof value === "object" ? object(value) : { size: value };
  if (!Number.isFinite(size) || size < 0) return undefined;
  return `${size}px ${oneOf(style, BORDER_STYLES, "solid")} ${borderColor(color) ?? "var(--border)"}`;
}

/** Width, height, margin and what else blocks have. */
export function block(own) {
  const { size, minSize, maxSize, aspectRatio, flex } = own;
  return {
    "width": pixels(own.width ?? size), "height": pixels(own.height ?? size),
    "min-width": pixels(own.minWidth ?? minSize), "min-height": pixels(own.minHeight ?? minSize),
    "max-width": pixels(own.maxWidth ?? maxSize), "max-height": pixels(own.maxHeight ?? maxSize),
    "aspect-ratio": aspectRatio, "flex": flex, "border-radius": RADIUS[own.radius],
    "background-color": surfaceColor(own.background),
    ...(own.margin == null ? {} : spacing("margin", own.margin)),
  };
}

/** How a box lays its children out. */
export function flex(own) {
  return {
    "align-items": ALIGN[own.align], "justify-content": JUSTIFY[own.justify],
    "flex-wrap": oneOf(own.wrap, WRAP), "gap": units(own.gap),
  };
}

/** All that boxes have. */
export function box(own) {
  return { ...flex(own), ...block(own), ...padding(own.padding), ...border(own.border) };
}
