/** A menu button: arrow keys move, Enter picks, Escape closes. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

export class Menu {
  /** `choices()` returns `[{id, label, description, icon, disabled, checked}]`; `pick(id)` gets the chosen one. */
  constructor({ name, button, choices, pick }) {
    Object.assign(this, { button, choices, pick });
    this.list = h("div", {
      class: "menu",
      role: "menu",
      "aria-label": name,
      hidden: true,
      onkeydown: (event) => this.press(event),
    });
    this.element = h("div", { class: "menu-holder" }, button, this.list);
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => (this.list.hidden ? this.open() : this.close()));
    this.element.addEventListener(
      "focusout",
      ({ relatedTarget }) => this.element.contains(relatedTarget) || this.close(false),
    );
  }

  open() {
    this.list.replaceChildren(...this.choices().map((choice) => this.draw(choice)));
    this.list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    (this.list.querySelector("[aria-checked=true]") ?? this.list.querySelector("button:not(:disabled)"))?.focus();
  }

  close(back = true) {
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (back) this.button.focus();
  }

  draw({ id, label, description, icon: sign, disabled, checked }) {
    const take = () => {
      this.close();
      this.pick(id);
    };
    const role = checked === undefined ? "menuitem" : "menuitemradio";
    return h(
      "button",
      { type: "button", role, "aria-checked": checked === undefined ? null : String(checked), disabled, onclick: take },
      sign && icon(sign),
      h("span", {}, label, description && h("small", {}, description)),
      checked && icon("check"),
    );
  }

  press(event) {
    const all = [...this.list.querySelectorAll("button:not(:disabled)")];
    const place = all.indexOf(this.list.ownerDocument.activeElement);
    const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape") this.close();
    else if (next === undefined) return;
    else all.at(next % all.length)?.focus();
    event.preventDefault();
    event.stopPropagation();
  }
}
