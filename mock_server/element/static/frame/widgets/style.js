/** Converts properties shared by many components to CSS. Invalid values are left out. */

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

/** Replace an element's inline style. */
export function restyle(element, properties) {
  element.style.cssText = "";
  setStyle(element, properties);
}

/** Return the value if it is one of the names, else the fallback. */
export function oneOf(value, names, fallback) {
  return names.includes(value) ? value : fallback;
}

/** Return a string, number or boolean as text; "" for anything else. */
export function text(value) {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** Return a whole number from 1 to 1000, or undefined. */
export function count(value) {
  return Number.isFinite(value) && value >= 1 ? Math.min(Math.floor(value), 1000) : undefined;
}

/** Return the value if it is a plain object, else an empty object. */
export function object(value) {
  return value && typeof value === "object" && !Array.isArray(value) ? value : {};
}

/** Return the objects of an array; an empty array for anything else. */
export function objects(value) {
  return Array.isArray(value) ? value.filter((one) => one && typeof one === "object" && !Array.isArray(one)) : [];
}

/** Convert a length to CSS; numbers are pixels. */
export function pixels(value) {
  return Number.isFinite(value) ? `${value}px` : length(value);
}

/** Convert a distance to CSS; numbers are spacing units of 4 pixels at normal density. */
export function units(value) {
  return Number.isFinite(value) ? `calc(var(--space, 4px) * ${value})` : length(value);
}

function length(value) {
  return typeof value === "string" && CSS.supports("width", value) ? value : undefined;
}

// Spacing by edge, from a single value or an object such as `{x: 2, top: 1}`.
function edges(value) {
  if (!value || typeof value !== "object") return Object.fromEntries(EDGES.map((edge) => [edge, units(value)]));
  const { x, y } = value;
  return {
    top: units(value.top ?? y), right: units(value.right ?? x),
    bottom: units(value.bottom ?? y), left: units(value.left ?? x),
  };
}

// A value such as "8px 12px" is left to the browser.
function spacing(name, value) {
  if (typeof value === "string" && /\s/.test(value.trim())) return { [name]: value };
  return Object.fromEntries(Object.entries(edges(value)).map(([edge, size]) => [`${name}-${edge}`, size]));
}

/** Return the padding, also as variables for `flush` children, which extend into it. */
export function padding(value) {
  if (value == null) return {};
  const { top, right, bottom, left } = edges(value);
  return {
    ...spacing("padding", value),
    "--pad-top": top ?? "0px", "--pad-right": right ?? "0px",
    "--pad-bottom": bottom ?? "0px", "--pad-left": left ?? "0px",
  };
}

/** Return a border: from a number of pixels, `{size, color, style}`, or one of these per edge. */
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

/** Return size, margin, radius, background and flex of a block. */
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

/** Return the flex layout of a box. */
export function flex(own) {
  return {
    "align-items": ALIGN[own.align], "justify-content": JUSTIFY[own.justify],
    "flex-wrap": oneOf(own.wrap, WRAP), "gap": units(own.gap),
  };
}

/** Return all styles of a box. */
export function box(own) {
  return { ...flex(own), ...block(own), ...padding(own.padding), ...border(own.border) };
}
