/** Keyboard shortcuts; they are ignored while a field has the focus. */

import { h } from "./ui.js";

const GO = { c: "demo", s: "sessions", t: "threads", r: "requests", i: "time", f: "faults", w: "workflows" };
const TOLD = [
  ["g c", "Chat"],
  ["g s", "Sessions"],
  ["g t", "Threads"],
  ["g r", "Requests"],
  ["g i", "Time"],
  ["g f", "Faults"],
  ["g w", "Workflows"],
  ["/", "Search"],
  ["j, k", "Next and previous row"],
  ["Enter", "Open the row"],
  ["u", "Back to the list"],
  ["p", "Choose a project"],
  ["?", "Show this list"],
];
const PATIENCE = 1500; // milliseconds allowed between the two keys of `g s`

export class Shortcuts {
  constructor(app) {
    this.app = app;
    this.since = -Infinity;
    document.addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const follows = performance.now() - this.since < PATIENCE;
    this.since = -Infinity;
    if (follows && GO[event.key]) this.app.go(this.app.href(GO[event.key]));
    else if (!this.single(event.key)) return;
    event.preventDefault();
  }

  /** Handle a one-key shortcut. Returns whether there was one. */
  single(key) {
    const { view, shell, place } = this.app;
    if (key === "g") this.since = performance.now();
    else if (key === "?") this.help();
    else if (key === "p") shell.projects.focus();
    else if (key === "/" && view.search) view.search.focus();
    else if ((key === "j" || key === "k") && view.table) view.table.step(key === "j" ? 1 : -1);
    else if (key === "u" && place.parts.length) this.app.go(this.app.href(place.view));
    else return false;
    return true;
  }

  help() {
    const dialog = h(
      "dialog",
      { class: "dialog", "aria-label": "Keyboard shortcuts", onclose: () => dialog.remove() },
      h("h2", {}, "Keyboard shortcuts"),
      h(
        "dl",
        { class: "keys" },
        TOLD.map(([keys, words]) =>
          h(
            "div",
            {},
            h(
              "dt",
              {},
              keys.split(/( |, )/).map((key) => (key.trim() && key !== ", " ? h("kbd", {}, key) : key)),
            ),
            h("dd", {}, words),
          ),
        ),
      ),
      h(
        "form",
        { method: "dialog", class: "buttons" },
        h("button", { class: "button", data: { tone: "plain" } }, "Close"),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  }
}
