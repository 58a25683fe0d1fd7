/** One workflow: its turns, its file, and a form to try a message. */

import { paced } from "./api.js";
import { empty, facts, h, jsonView, link, section } from "./ui.js";
import { FileErrors, Source } from "./workflow_source.js";
import { Trial } from "./workflow_trial.js";
import { Turns } from "./workflow_turns.js";
import { badgesOf, chatLink } from "./workflows.js";
import { lengthOf, said } from "./words.js";

const LOOK = 2000; // milliseconds between two requests: the emulator checks the file on each

export function workflowView(app, place) {
  const view = new WorkflowView(app, place.parts[0]);
  view.read();
  return {
    title: place.parts[0],
    element: view.element,
    search: view.trial.text,
    changed: (news) => (news.all || news.touches("loaded", "reset", "restored")) && view.read(),
    tick: () => document.hidden || view.read(),
    leave: () => view.leave(),
  };
}

class WorkflowView {
  constructor(app, id) {
    Object.assign(this, { app, id, path: `workflows/${encodeURIComponent(id)}` });
    this.turns = new Turns((when) => this.trial.putFor(when));
    this.trial = new Trial({
      app,
      send: (body) => app.ask(`${this.path}/try`, { method: "POST", body }),
      found: (trial) => this.turns.explain(trial),
      goTo: () => this.turns.goTo(),
    });
    this.errors = new FileErrors();
    this.source = new Source();
    this.badges = h("div", { class: "flow-badges" });
    this.words = h("p", {});
    this.about = h("div", {});
    this.file = h("div", {});
    this.body = h("div", { class: "flow-body", hidden: true }, this.words, this.about, this.columns(), this.file);
    this.missing = h("div", {});
    this.element = this.page();
    this.read = paced(() => this.readNow(), LOOK);
  }

  page() {
    const page = h(
      "div",
      { class: "view workflow" },
      link(this.app.href("workflows"), "All workflows"),
      h(
        "div",
        { class: "title" },
        h("h1", {}, said(this.id)),
        this.badges,
        h("div", { class: "buttons" }, chatLink(this.app, this.id)),
      ),
      this.errors.element,
      this.body,
      this.missing,
    );
    page.firstChild.classList.add("back");
    return page;
  }

  columns() {
    return h(
      "div",
      { class: "flow-columns" },
      section("Try a message", this.trial.element),
      section("Turns", this.turns.element),
    );
  }

  leave() {
    this.isLeft = true;
    this.trial.leave();
  }

  async readNow() {
    if (this.isLeft) return;
    try {
      if (this.isMissing && !(await this.isThere())) return;
      const workflow = await this.app.ask(this.path);
      if (!this.isLeft) this.show(workflow);
    } catch (error) {
      if (!this.isLeft && error.status) this.lose(error);
    }
  }

  /** Whether the workflow exists again; reads the list, so that the browser logs no 404. */
  async isThere() {
    const { workflows } = await this.app.ask("workflows");
    return workflows.some(({ id }) => id === this.id);
  }

  /** Show that the workflow has no script, or no longer has one. */
  lose({ message }) {
    this.isMissing = true;
    this.known = undefined;
    this.body.hidden = true;
    this.badges.replaceChildren();
    this.errors.show([]);
    this.missing.replaceChildren(empty("This workflow has no script", message));
  }

  show(workflow) {
    const known = JSON.stringify(workflow);
    if (known === this.known) return;
    const { script } = workflow;
    const isOther = JSON.stringify(script) !== this.script;
    Object.assign(this, { known, script: JSON.stringify(script) });
    this.isMissing = false;
    this.missing.replaceChildren();
    this.body.hidden = false;
    this.badges.replaceChildren(...badgesOf(workflow));
    this.words.replaceChildren(said(workflow.description));
    this.errors.show(workflow.errors);
    this.about.replaceChildren(facts(factsOf(workflow)));
    this.trial.suggest(workflow.prompts);
    this.turns.show(script);
    this.showFile(workflow);
    if (isOther) this.trial.again();
  }

  showFile({ text, errors, script }) {
    if (text === null) {
      this.file.replaceChildren(section("Script", jsonView(script, "Script")));
      return;
    }
    if (!this.source.element.isConnected) this.file.replaceChildren(section("File", this.source.element));
    this.source.show(text, errors);
  }
}

function factsOf({ versions, source, file, script: { stream } }) {
  return [
    ["File", file ? h("code", {}, file) : source],
    ["Versions", versions === null ? "Any" : versions.join(", ") || "None: every message fails"],
    stream?.every && ["Streamed by", `${stream.by}, every ${lengthOf(stream.every)}`],
  ];
}
