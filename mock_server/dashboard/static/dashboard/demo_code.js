/** The code that creates the current session: request body, Python, TypeScript and curl. */

import { codeBlock, h, tabs } from "./ui.js";
import { createSnippet, curlSnippet, pageSnippet, typescriptSnippet } from "./snippets.js";

export class Code {
  constructor() {
    this.chosen = "JSON";
    this.body = h("div", {});
    this.element = h("section", { class: "session-code" }, h("h2", {}, "This session in code"), this.body);
  }

  /** `project` is "" for the default project; with `hasOwnKey` a placeholder replaces the user's API key. */
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
      h("h3", {}, "In your page"),
      codeBlock(pageSnippet()),
    );
  }
}
