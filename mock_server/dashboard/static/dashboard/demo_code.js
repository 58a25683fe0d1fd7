/** How the session on show is created, as a request and as code. */

import { codeBlock, h, tabs } from "./ui.js";
import { createSnippet, curlSnippet, pageSnippet, typescriptSnippet } from "./snippets.js";

export class Code {
  constructor() {
    this.chosen = "JSON";
    this.body = h("div", {});
    this.element = h("section", { class: "session-code" }, h("h2", {}, "This session in code"), this.body);
  }

  /** `project` is "" for the one of requests that name none; a `key` of one's own is not shown. */
  show(project, request, hasOwnKey) {
    const key = hasOwnKey ? "your-key" : undefined;
    const pages = [
      ["JSON", () => codeBlock(JSON.stringify(request, null, 2))],
      ["Python", () => codeBlock(createSnippet(project, request, key))],
      ["TypeScript", () => codeBlock(typescriptSnippet(project, request, key))],
      ["curl", () => codeBlock(curlSnippet(project, request, key))],
    ];
    this.body.replaceChildren(
      tabs("Languages", pages, this.chosen, (name) => (this.chosen = name)),
      h("h3", {}, "In the page"),
      codeBlock(pageSnippet()),
    );
  }
}
