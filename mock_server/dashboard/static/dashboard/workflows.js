/** The workflows that have a script, and the files that none can be read from. */

import { paced } from "./api.js";
import { badge, codeBlock, empty, h, link, section } from "./ui.js";
import { Filters } from "./filters.js";
import { Keyed } from "./keyed.js";
import { FileErrors } from "./workflow_source.js";
import { counted, said } from "./words.js";

const LOOK = 2000; // milliseconds between two looks: the server reads the files anew with each
const FIELDS = [{ name: "search", words: "Search", placeholder: "Id, description or file" }];
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
      "No workflow is like that",
      "Search for another. An id without a script repeats what the user says.",
    );
    this.none.hidden = true;
    this.read = paced(() => this.readNow(), LOOK);
    this.element = this.page();
  }

  page() {
    const whose = h("span", { class: "faint" }, "of the whole server");
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

  /** Moves the focus by so many rows, for the keyboard. */
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
    this.file.textContent = workflow.file ?? "Added while running";
  }
}

/** What is to be known of a workflow at a glance. */
export function badgesOf({ turns, versions, error }) {
  return [
    error !== null && badge("File in error", "bad"),
    badge(counted(turns, "turn")),
    versions !== null &&
      badge(
        versions.length ? `${versions.length > 1 ? "Versions" : "Version"} ${versions.join(", ")}` : "No version",
        versions.length ? "dim" : "warn",
      ),
  ].filter(Boolean);
}

/** The way to a chat with a workflow. */
export function chatLink(app, id) {
  const way = link(app.href("demo", [], { workflow: id }), "Chat with it");
  way.classList.add("button");
  way.setAttribute("aria-label", `Chat with it: ${id}`);
  return way;
}

function teach() {
  return section(
    "Script one yourself",
    h(
      "p",
      { class: "faint" },
      "The first turn that fits is played, else the default, else what the user says is repeated. Paste this into a file; its name is the workflow's id, and a change of it shows here within two seconds.",
    ),
    codeBlock(EXAMPLE, "Copy the file"),
    codeBlock(COMMAND, "Copy the command"),
  );
}
