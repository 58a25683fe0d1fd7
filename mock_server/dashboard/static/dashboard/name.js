/** A title that can be edited in place. */

import { button, h } from "./ui.js";

/** A heading with an edit button. `save(title)`, null for no title, resolves to whether it was saved. */
export class Name {
  constructor(save) {
    this.save = save;
    this.heading = h("h1", {}, "Thread");
    this.pencil = button("", () => this.edit(), { symbol: "pencil", title: "Rename" });
    this.pencil.hidden = true;
    this.shown = h("div", { class: "named" }, this.heading, this.pencil);
    this.input = h("input", { type: "text", "aria-label": "Title", placeholder: "Untitled", spellcheck: "false" });
    this.form = h(
      "form",
      { class: "renaming", hidden: true, onsubmit: (event) => this.submit(event) },
      this.input,
      h("button", { class: "button", data: { tone: "primary" } }, "Save"),
      button("Cancel", () => this.show()),
    );
    this.form.addEventListener("keydown", ({ key }) => key === "Escape" && this.show());
    this.element = h("div", { class: "name" }, this.shown, this.form);
  }

  set(title) {
    this.title = title ?? "";
    this.heading.textContent = this.title || "Untitled";
    this.heading.classList.toggle("faint", !this.title);
    this.pencil.hidden = false;
  }

  /** Disable editing. */
  lock() {
    this.show();
    this.pencil.hidden = true;
  }

  edit() {
    this.input.value = this.title;
    this.shown.hidden = true;
    this.form.hidden = false;
    this.input.select();
  }

  show() {
    const wasEdited = !this.form.hidden;
    this.form.hidden = true;
    this.shown.hidden = false;
    if (wasEdited) this.pencil.focus();
  }

  async submit(event) {
    event.preventDefault();
    if (await this.save(this.input.value.trim() || null)) this.show();
  }
}
