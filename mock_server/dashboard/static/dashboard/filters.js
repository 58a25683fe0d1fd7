/** The filters above a list. They are kept in the URL, so that a filtered list can be linked to. */

import { choice, field, h } from "./ui.js";

const PAUSE = 250; // milliseconds to wait after the last keystroke

export class Filters {
  /**
   * `fields`: each with `name`, `words` (its label), and either `options` (`[value, label]` pairs) or a `placeholder`.
   * `changed()` is called when a filter changes.
   */
  constructor(app, fields, changed) {
    this.app = app;
    this.names = fields.map(({ name }) => name);
    this.changed = changed;
    this.total = h("span", { class: "total", role: "status" });
    const controls = fields.map((each) => (each.options ? this.select(each) : this.text(each)));
    this.element = h("form", { class: "filters", onsubmit: (event) => event.preventDefault() }, controls, this.total);
    this.search = this.element.querySelector("input[type=search]");
  }

  /** The filters that are set, by name. */
  get query() {
    const { query } = this.app.place;
    return Object.fromEntries(this.names.map((name) => [name, query.get(name)]).filter(([, value]) => value));
  }

  get any() {
    return Object.keys(this.query).length > 0;
  }

  set(name, value) {
    this.app.note({ [name]: value });
    this.changed();
  }

  select({ name, words, options }) {
    const value = this.app.place.query.get(name) ?? "";
    return field(
      words,
      choice(name, [["", "Any"], ...options], value, (chosen) => this.set(name, chosen)),
    );
  }

  text({ name, words, placeholder }) {
    const type = name === "search" ? "search" : "text";
    const input = h("input", {
      type,
      name,
      placeholder,
      value: this.app.place.query.get(name) ?? "",
      spellcheck: "false",
    });
    let waiting;
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.set(name, input.value.trim()), PAUSE);
    });
    const made = field(words, input);
    made.classList.add(type);
    return made;
  }

  count(total, one, many = `${one}s`) {
    this.total.textContent = `${total.toLocaleString("en")} ${total === 1 ? one : many}`;
  }
}
