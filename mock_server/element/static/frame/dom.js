/** Helpers that create DOM nodes. Strings become text or attribute values, never markup. */

const SVG = "http://www.w3.org/2000/svg";
const LINKS = new Set(["http:", "https:", "mailto:", "tel:", "chatkit-link:"]);
const IMAGES = new Set(["http:", "https:", "blob:"]);

/**
 * Create an HTML element. Attributes that are null, undefined or false are skipped; `on…` are listeners; `style` and
 * `data` are objects. Children that are null, undefined or false are skipped; arrays are flattened.
 */
export function h(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** Create an SVG element, like `h`. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

function setAttribute(element, name, value) {
  if (value == null || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name === "style") setStyle(element, value);
  else element.setAttribute(name, value === true ? "" : value);
}

/** Set style properties (`min-width`, `--gap`); unlike a style attribute, the Content-Security-Policy allows this. */
export function setStyle(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (value != null) element.style.setProperty(name, String(value));
  }
}

/** Return the URL if it is safe as a link, else undefined. */
export function safeLink(address) {
  return parsed(address, LINKS);
}

/** Return the URL if it is safe as an image source, else undefined. */
export function safeImage(address) {
  return /^data:image\/(png|jpeg|gif|webp|avif)[;,]/i.test(String(address)) ? String(address) : parsed(address, IMAGES);
}

function parsed(address, schemes) {
  try {
    const url = new URL(String(address));
    return schemes.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Return a throttled `draw` that runs in an animation frame, at most once per `pause` milliseconds. */
export function drawnSoon(draw, pause) {
  let asked = false;
  let last = -pause;
  const soon = () =>
    requestAnimationFrame((now) => {
      asked = false;
      last = now;
      draw();
    });
  return () => {
    if (asked) return;
    asked = true;
    const wait = last + pause - performance.now();
    if (wait > 0) setTimeout(soon, wait);
    else soon();
  };
}
