/** Workflow files: their errors, and their text with the failing lines marked. */

import { h, link } from "./ui.js";
import { said } from "./words.js";
import { Keyed } from "./keyed.js";

/** A list of file errors; `href(id)` returns the URL of the workflow that stays in use. */
export class FileErrors {
  constructor(href) {
    this.list = h("ul", { class: "flow-errors" });
    this.keyed = new Keyed(
      this.list,
      (error) => JSON.stringify(error),
      (error) => ({ element: errorOf(error, href), update() {} }),
    );
    this.element = h("div", { role: "status", "aria-label": "Files with errors" }, this.list);
    this.show([]);
  }

  show(errors) {
    this.list.hidden = !errors.length;
    this.keyed.show(errors);
  }
}

function errorOf({ file, line, place, reason, workflow }, href) {
  const goesOn = workflow && [
    "The last valid script of ",
    href ? link(href(workflow), said(workflow)) : said(workflow),
    " stays in use.",
  ];
  return h(
    "li",
    {},
    h("strong", { class: "mono" }, line === null ? file : `${file}:${line}`),
    h("p", {}, place && [h("code", {}, place), " "], said(reason)),
    h("p", { class: "flow-goes" }, goesOn || "No workflow was loaded from this file."),
  );
}

/** The lines of a file, with its errors. */
export class Source {
  constructor() {
    this.text = h("pre", { class: "flow-source", tabindex: 0, "aria-label": "File contents" });
    this.element = this.text;
  }

  show(text, errors) {
    const facts = JSON.stringify([text, errors]);
    if (facts === this.facts) return;
    this.facts = facts;
    const { scrollTop } = this.text;
    const lines = text.replace(/\n$/, "").split("\n");
    this.text.replaceChildren(
      ...lines.flatMap((line, at) =>
        lineOf(
          line,
          at + 1,
          errors.filter((error) => error.line === at + 1),
        ),
      ),
    );
    this.text.scrollTop = scrollTop;
    if (errors.length) this.scrollToError();
  }

  scrollToError() {
    const bad = this.text.querySelector(".bad");
    if (bad) this.text.scrollTop = bad.offsetTop - this.text.clientHeight / 2;
  }
}

function lineOf(line, number, errors) {
  const made = h("span", { class: errors.length ? "line bad" : "line", data: { number } }, `${line}\n`);
  const told = errors.map(({ reason, place }) =>
    h("span", { class: "blame" }, `Line ${number}: ${[place, reason].filter(Boolean).join(" ")}\n`),
  );
  return [made, ...told];
}
