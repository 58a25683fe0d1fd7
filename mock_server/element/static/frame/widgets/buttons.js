/** Buttons. */

import { h } from "../dom.js";
import { isAction, send, setDisabled } from "./actions.js";
import { drawIcon } from "./content.js";
import { oneOf, text } from "./style.js";

const TONES = ["primary", "secondary", "info", "discovery", "success", "caution", "warning", "danger"];
const STYLES = {
  primary: { tone: "primary", variant: "solid" },
  secondary: { tone: "secondary", variant: "outline" },
};

/** Control sizes, from small to large. */
export const SIZES = ["3xs", "2xs", "xs", "sm", "md", "lg", "xl", "2xl", "3xl"];

/** Control variants. */
export const VARIANTS = ["solid", "soft", "outline", "ghost"];

/** Create a button; with `submit` it submits its form, with its own action if it has one. */
export function Button(widget, context) {
  const element = h("button", { class: "w-button", type: "button" });
  let own = {};
  element.addEventListener("click", (event) => {
    if (own.submit === true && element.form) return;
    event.preventDefault();
    send(own.onClickAction, { source: element, context, auto: "self" });
  });
  const set = (properties) => {
    own = properties;
    element.type = own.submit === true ? "submit" : "button";
    element.action = isAction(own.onClickAction) ? own.onClickAction : undefined;
    dress(element, own);
    fill(element, own);
    setDisabled(element, own.disabled === true);
  };
  return { element, set };
}

function dress(element, own) {
  const style = STYLES[oneOf(own.style, ["primary", "secondary"], "secondary")];
  const coloured = TONES.includes(own.color) && own.style == null;
  Object.assign(element.dataset, {
    tone: oneOf(own.color, TONES, style.tone),
    variant: oneOf(own.variant, VARIANTS, coloured ? "solid" : style.variant),
    size: oneOf(own.size, SIZES, "md"), iconSize: oneOf(own.iconSize, ["sm", "md", "lg", "xl", "2xl"], "md"),
  });
  element.classList.toggle("w-pill", own.pill === true);
  element.classList.toggle("w-uniform", own.uniform === true);
  element.classList.toggle("w-block", own.block === true);
}

function fill(element, { label, iconStart, iconEnd }) {
  const words = text(label);
  element.replaceChildren(...[
    text(iconStart) && drawIcon(iconStart), words && h("span", {}, words), text(iconEnd) && drawIcon(iconEnd),
  ].filter(Boolean));
  if (words) element.removeAttribute("aria-label");
  else element.setAttribute("aria-label", inWords(text(iconStart) || text(iconEnd)) || "Button");
}

function inWords(icon) {
  return icon.replace(/^(lucide|vendor):/, "").replaceAll("-", " ");
}
