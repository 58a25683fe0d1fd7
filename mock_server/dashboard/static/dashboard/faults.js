/** The faults view: built-in fault sets, a project's active faults, and the magic workflow IDs. */

import { paced } from "./api.js";
import { button, codeBlock, h, section, sure, toggle } from "./ui.js";
import { counted } from "./words.js";
import { ruleWords } from "./fault_words.js";
import { FaultForm } from "./fault_form.js";
import { FaultRules } from "./fault_rules.js";
import { Keyed } from "./keyed.js";

const CHANGES = ["faults", "reset", "restored", "loaded", "clock"];

export function faultsView(app, place) {
  const view = new FaultsView(app, place);
  view.read();
  return {
    title: "Faults",
    element: view.element,
    changed: (news) => view.changed(news),
    tick: () => view.rules.tick(),
    leave: () => (view.isLeft = true),
  };
}

class FaultsView {
  constructor(app, place) {
    Object.assign(this, { app, project: app.oneProject, acts: 0 });
    this.rules = this.rulesAtWork();
    this.sets = h("ul", { class: "fault-sets" });
    this.keyedSets = new Keyed(
      this.sets,
      ({ name }) => name,
      (set) => new SetCard(set, this),
    );
    this.magic = h("ul", { class: "fault-magic" });
    this.keyedMagic = new Keyed(
      this.magic,
      ({ value }) => value,
      (state) => new MagicRow(state, this),
    );
    this.removeAll = button("Remove all", () => this.clear(), { tone: "danger", symbol: "trash", disabled: true });
    this.form = this.formFor(place.query);
    this.element = this.page();
    this.read = paced(() => this.readAll());
    this.count = paced(() => this.readCounts());
  }

  rulesAtWork() {
    const { app } = this;
    return new FaultRules({
      now: () => app.clocks.now(this.project),
      remove: ({ id }) => this.passing(() => this.act(`faults/${encodeURIComponent(id)}`, { method: "DELETE" })),
      nothing: this.teach(),
    });
  }

  formFor(query) {
    const { app, project } = this;
    return new FaultForm({
      add: (body) => this.act("faults", { method: "POST", body }),
      from: query,
      url: document.baseURI.replace(/\/$/, ""),
      project: project === app.fallback ? "" : project,
      to: project,
    });
  }

  page() {
    const buttons = h("div", { class: "buttons" }, this.removeAll);
    const whose = h("span", { class: "faint" }, "of project ", h("strong", {}, this.project));
    return h(
      "div",
      { class: "view faults" },
      h("div", { class: "title" }, h("h1", {}, "Faults"), whose, buttons),
      h(
        "div",
        { class: "fault-columns" },
        h("div", {}, section("Built-in fault sets", this.sets), this.magicSection()),
        h("div", {}, section("Active faults", this.rules.element), section("New fault", this.form.element)),
      ),
    );
  }

  magicSection() {
    const [none, late, key] = ["wf_mock_empty", "wf_mock_latest", "sk-invalid"].map((name) => h("code", {}, name));
    return section(
      "Magic workflow IDs",
      h(
        "p",
        { class: "faint" },
        "Sessions with one of these workflow IDs fail without any fault. Turn on a switch to make every workflow behave like this.",
      ),
      this.magic,
      h(
        "p",
        { class: "faint" },
        "Also: ",
        none,
        " sends no reply, ",
        late,
        " fails at the first message, and the API key ",
        key,
        " is always rejected.",
      ),
    );
  }

  teach() {
    const lines =
      'from mock_server.testing import connect\n\nmock = connect("BASE")\nmock.faults.add("sessions.create", error=500, times=2)\n';
    return h(
      "div",
      { class: "fault-nothing" },
      h("p", {}, "No faults are active. Turn on a set, add a fault here, or add one from a test:"),
      codeBlock(lines.replace("BASE", document.baseURI.replace(/\/$/, ""))),
    );
  }

  ask(path, options = {}) {
    return this.app.ask(path, { ...options, query: { project: this.project } });
  }

  /** Send a change, then read everything again. `acts` counts changes, so that older responses can be discarded. */
  async act(path, options) {
    try {
      return await this.ask(path, options);
    } finally {
      this.acts += 1;
      await this.readAll();
    }
  }

  /** Run `work`; show an error from the emulator as a toast. */
  passing(work) {
    return this.app.attempt(work);
  }

  /** Like `passing`, but rethrow the error so that the switch is set back. */
  async switched(path, on) {
    try {
      await this.act(path, { method: on ? "POST" : "DELETE" });
    } catch (error) {
      this.app.toast(error.message, "bad");
      throw error;
    }
  }

  async clear() {
    const count = counted(this.rules.rules.length, "fault");
    if (!(await sure(`Remove ${count} from project ${this.project}?`, "Remove all"))) return;
    await this.passing(() => this.act("faults", { method: "DELETE" }));
  }

  changed(news) {
    const left = Object.keys(news.omitted).length > 0;
    if (!news.all && !left && !news.events.some(({ project }) => project === this.project)) return;
    if (news.touches(...CHANGES)) this.read();
    else if (news.touches("fault") || (news.touches("request") && this.rules.rules.length > 0)) this.count();
  }

  readAll() {
    return this.take(["faults", "faults/magic", "faults/sets"]);
  }

  readCounts() {
    return this.take(["faults", "faults/magic"]);
  }

  async take(paths) {
    if (this.isLeft) return;
    const { acts } = this;
    const read = () => Promise.all(paths.map((path) => this.ask(path)));
    const [rules, magic, sets = this.known] = (await this.app.attempt(read)) ?? [];
    if (!rules || this.isLeft) return;
    if (acts !== this.acts) this.read();
    else this.show(rules, magic, sets);
  }

  show({ faults }, { values }, sets) {
    this.known = sets;
    this.rules.show(faults);
    this.keyedMagic.show(values);
    if (sets) this.keyedSets.show(sets.sets);
    this.removeAll.disabled = !faults.length;
  }
}

class SetCard {
  constructor({ name, description, faults }, view) {
    this.names = faults.map((rule) => rule.name);
    this.view = view;
    this.hits = h("span", { class: "fault-hits" });
    const made = toggle(name, false, (on) => view.switched(`faults/sets/${encodeURIComponent(name)}`, on));
    this.box = made.querySelector("input");
    const rules = faults.map((rule) => h("li", {}, ruleWords(rule)));
    this.element = h(
      "li",
      { class: "fault-set" },
      h("div", { class: "fault-head" }, h("h3", {}, made), this.hits),
      h("p", {}, description),
      h("ul", { class: "faint" }, rules),
    );
  }

  update({ active }) {
    set(this.box, active);
    this.element.classList.toggle("on", active);
    this.hits.textContent = active ? `Applied ${counted(this.view.rules.hitsOf(this.names), "time")}` : "";
  }
}

class MagicRow {
  constructor({ value, summary }, view) {
    this.hits = h("span", { class: "fault-hits" });
    const label = `For every workflow: ${value}`;
    const change = (on) => view.switched(`faults/magic/${encodeURIComponent(value)}`, on);
    const made = toggle("For every workflow", false, change, { "aria-label": label });
    this.box = made.querySelector("input");
    this.element = h(
      "li",
      {},
      h("div", { class: "fault-head" }, h("code", {}, value), made),
      h("p", {}, summary, " ", this.hits),
    );
  }

  update({ hits, active }) {
    set(this.box, active);
    this.element.classList.toggle("on", active);
    this.hits.textContent = `Applied ${counted(hits, "time")}.`;
  }
}

/** Show a switch in the emulator's state, unless a change is in progress. */
function set(box, on) {
  if (!box.disabled) box.checked = on;
}
