/** Suggestions while the user types in the composer: entities after "@", commands after "/". */

import { h } from "./dom.js";
import { icon } from "./icons.js";

export class Suggestions {
  /** `search(sign, query)` resolves to `[{label, description, icon, group}]`; `pick` gets the chosen one. */
  constructor({ field, search, pick }) {
    Object.assign(this, { field, search, pick, found: [], place: 0 });
    this.element = h("div", {
      class: "menu suggestions",
      role: "listbox",
      id: "suggestions",
      "aria-label": "Suggestions",
      hidden: true,
    });
    field.addEventListener("input", () => this.look());
    field.addEventListener("blur", () => this.close());
  }

  /** Search for the text before the caret. */
  async look() {
    const typed = this.typed();
    const asked = (this.asked = {});
    if (!typed) return this.close();
    const found = await this.search(typed.sign, typed.query).catch(() => []);
    if (this.asked === asked) this.show(found);
  }

  /** Return the tag or command before the caret as `{sign, query, start}`, or undefined. */
  typed() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const [, sign, query] = /(?:^|\s)([@])([^\s@]*)$/.exec(before) ?? /^(\/)([^\n]*)$/.exec(before) ?? [];
    return sign && { sign, query, start: before.length - query.length - 1 };
  }

  show(found) {
    this.found = found;
    this.place = 0;
    if (!found.length) return this.close();
    let group;
    this.element.replaceChildren(
      ...found.flatMap((each, place) => {
        const heading =
          each.group && each.group !== group
            ? [h("div", { class: "group", role: "presentation" }, (group = each.group))]
            : [];
        return [...heading, this.draw(each, place)];
      }),
    );
    this.element.hidden = false;
    this.mark(0);
  }

  close() {
    this.asked = undefined;
    this.element.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }

  draw(each, place) {
    return h(
      "div",
      { role: "option", id: `suggestion-${place}`, onmousedown: (event) => this.take(event, place) },
      each.icon && icon(each.icon),
      h("span", {}, each.label, each.description && h("small", {}, each.description)),
    );
  }

  mark(place) {
    this.place = (place + this.found.length) % this.found.length;
    for (const option of this.element.querySelectorAll("[role=option]")) {
      const chosen = option.id === `suggestion-${this.place}`;
      option.setAttribute("aria-selected", String(chosen));
      if (chosen) option.scrollIntoView({ block: "nearest" });
    }
    this.field.setAttribute("aria-activedescendant", `suggestion-${this.place}`);
  }

  take(event, place) {
    event.preventDefault(); // keep the focus in the field
    const typed = this.typed();
    const found = this.found[place];
    this.close();
    this.pick(found, typed);
  }

  /** Handle a key for the list. Returns whether it was one. */
  press(event) {
    if (this.element.hidden) return false;
    if (event.key === "ArrowDown") this.mark(this.place + 1);
    else if (event.key === "ArrowUp") this.mark(this.place - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" || event.key === "Tab") this.take(event, this.place);
    else return false;
    event.preventDefault();
    return true;
  }
}
