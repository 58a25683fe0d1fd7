/** The list of workflows that have a script, and the files that could not be loaded. */

import { paced } from "./api.js";
import { badge, codeBlock, empty, h, link, section } from "./ui.js";
import { Filters } from "./filters.js";
import { Keyed } from "./keyed.js";
import { FileErrors } from "./workflow_source.js";
import { counted, said } from "./words.js";

const LOOK = 2000; // milliseconds between two requests: the emulator checks its files on each
const FIELDS = [{ name: "search", words: "Search", placeholder: "ID, description or file" }];
const EXAMPLE = `# workflows/wf_shop.yaml
turns:
  - when: {text: order}
    reply:
      - progress: Looking it up ...
      - message: "Your order is on its way, {{user}}."
default:
  - message: "You said: {{text}}"
`;
const COMMAND = "chatkit-mock serve --workflows workflows";

export function workflowsView(app) {
  const view = new WorkflowsView(app);
  view.read();
  return {
    title: "Workflows",
    element: view.element,
    table: view,
    search: view.filters.search,
    changed: (news) => (news.all || news.touches("loaded", "reset", "restored")) && view.read(),
    tick: () => document.hidden || view.read(),
    leave: () => (view.isLeft = true),
  };
}

class WorkflowsView {
  constructor(app) {
    Object.assign(this, { app, workflows: [] });
    this.filters = new Filters(app, FIELDS, () => this.draw());
    this.errors = new FileErrors((id) => app.href("workflows", [id]));
    this.list = h("ul", { class: "flows", "aria-label": "Workflows" });
    this.keyed = new Keyed(
      this.list,
      ({ id }) => id,
      (workflow) => new Row(workflow, app),
    );
    this.none = empty(
      "No matching workflows",
      "Try another search. A workflow ID without a script echoes the user's message.",
    );
    this.none.hidden = true;
    this.read = paced(() => this.readNow(), LOOK);
    this.element = this.page();
  }

  page() {
    const whose = h("span", { class: "faint" }, "shared by all projects");
    return h(
      "div",
      { class: "view workflows" },
      h("div", { class: "title" }, h("h1", {}, "Workflows"), whose),
      this.errors.element,
      this.filters.element,
      this.list,
      this.none,
      teach(),
    );
  }

  async readNow() {
    if (this.isLeft) return;
    const answer = await this.app.attempt(() => this.app.ask("workflows"));
    if (!answer || this.isLeft) return;
    this.workflows = answer.workflows;
    this.errors.show(answer.errors);
    this.draw();
  }

  draw() {
    const wanted = (this.filters.query.search ?? "").toLowerCase();
    const shown = this.workflows.filter(({ id, description, file }) =>
      [id, description, file ?? ""].join("\n").toLowerCase().includes(wanted),
    );
    this.keyed.show(shown);
    this.none.hidden = shown.length > 0;
    this.filters.count(shown.length, "workflow");
  }

  /** Move the focus by `by` rows. */
  step(by) {
    const ways = [...this.list.querySelectorAll(".flow-name")];
    const at = ways.findIndex((way) => way.closest("li").contains(document.activeElement));
    ways[Math.min(ways.length - 1, Math.max(0, at + by))]?.focus();
  }
}

class Row {
  constructor({ id }, app) {
    this.badges = h("div", { class: "flow-badges" });
    this.words = h("p", { class: "faint" });
    this.file = h("p", { class: "flow-file" });
    this.element = h(
      "li",
      { class: "flow" },
      h(
        "div",
        { class: "flow-facts" },
        h("h2", {}, link(app.href("workflows", [id]), said(id))),
        this.badges,
        this.words,
        this.file,
      ),
      chatLink(app, id),
    );
    this.element.querySelector("a").classList.add("flow-name");
  }

  update(workflow) {
    const facts = JSON.stringify(workflow);
    if (facts === this.facts) return;
    this.facts = facts;
    this.badges.replaceChildren(...badgesOf(workflow));
    this.words.replaceChildren(workflow.description && said(workflow.description));
    this.file.textContent = workflow.file ?? "Added at runtime";
  }
}

/** Return the badges of a workflow: error, turns, versions. */
export function badgesOf({ turns, versions, error }) {
  return [
    error !== null && badge("Error in file", "bad"),
    badge(counted(turns, "turn")),
    versions !== null &&
      badge(
        versions.length ? `${versions.length > 1 ? "Versions" : "Version"} ${versions.join(", ")}` : "No versions",
        versions.length ? "dim" : "warn",
      ),
  ].filter(Boolean);
}

/** Return a link that opens the chat with a workflow. */
export function chatLink(app, id) {
  const way = link(app.href("demo", [], { workflow: id }), "Open in chat");
  way.classList.add("button");
  way.setAttribute("aria-label", `Open in chat: ${id}`);
  return way;
}

function teach() {
  return section(
    "Write your own",
    h(
      "p",
      { class: "faint" },
      "The emulator sends the reply of the first turn that matches, otherwise the default reply; without one it echoes the user's message. Paste this into a file: its name is the workflow ID, and changes appear here within two seconds.",
    ),
    codeBlock(EXAMPLE, "Copy file"),
    codeBlock(COMMAND, "Copy command"),
  );
}
