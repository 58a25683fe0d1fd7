/** Components without interaction: badges, icons, images and unknown components. */

import { h, safeImage } from "../dom.js";
import { icon } from "../icons.js";
import { textColor } from "./colors.js";
import { block, oneOf, restyle, text } from "./style.js";

const BADGE_TONES = ["secondary", "success", "danger", "warning", "info", "discovery"];
const FITS = ["cover", "contain", "fill", "scale-down", "none"];

/** Return an icon by name; a circle for invalid names. */
export function drawIcon(name) {
  const known = typeof name === "string" && !(name.replace(/^lucide:/, "") in Object.prototype);
  return icon(known ? name : "circle");
}

/** Create a badge. */
export function Badge() {
  const element = h("span", { class: "w-badge" });
  const set = (own) => {
    element.textContent = text(own.label);
    element.classList.toggle("w-pill", own.pill === true);
    Object.assign(element.dataset, {
      tone: oneOf(own.color, BADGE_TONES, "secondary"),
      variant: oneOf(own.variant, ["solid", "soft", "outline"], "soft"),
      size: oneOf(own.size, ["sm", "md", "lg"], "sm"),
    });
  };
  return { element, set };
}

/** Create a decorative icon. */
export function Icon() {
  const element = h("span", { class: "w-icon" });
  const set = (own) => {
    element.replaceChildren(drawIcon(own.name));
    element.dataset.size = text(own.size) || "md";
    restyle(element, { color: textColor(own.color) });
  };
  return { element, set };
}

/** Create an image; an unsafe URL is left out. */
export function Image() {
  const element = h("img", { class: "w-image", loading: "lazy", decoding: "async" });
  element.addEventListener("error", () => element.classList.add("w-broken"));
  const set = (own) => {
    const source = safeImage(own.src);
    element.classList.remove("w-broken");
    if (source) element.src = source;
    else element.removeAttribute("src");
    element.alt = text(own.alt);
    element.hidden = !source && !element.alt;
    element.classList.toggle("w-frame", own.frame === true);
    element.classList.toggle("w-flush", own.flush === true);
    restyle(element, { ...block(own), "object-fit": oneOf(own.fit, FITS), "object-position": own.position });
  };
  return { element, set };
}

/** Create a placeholder for an unknown component, with its children. */
export function Unsupported() {
  const name = h("p", { class: "w-caption" });
  const slot = h("div", { class: "w-box", data: { direction: "col" } });
  const element = h("div", { class: "w-unsupported" }, name, slot);
  return { element, slot, set: (own) => { name.textContent = `Unsupported widget: ${text(own.type) || "no type"}`; } };
}
