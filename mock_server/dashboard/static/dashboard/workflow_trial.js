/** Try a message: which turn matches it, and what the reply looks like. Nothing is stored. */

import { button, field, h } from "./ui.js";
import { readingView } from "./reading.js";
import { trialOf, typedFor } from "./workflow_draft.js";

const PAUSE = 300; // milliseconds to wait after the last keystroke
const LINKED = 1000; // characters; longer values are not kept in the URL

export class Trial {
  /** `send(params)` sends the request; `found(trial)` gets its response, or undefined after an error. */
  constructor({ app, send, found, goTo }) {
    Object.assign(this, { app, send, found, asked: 0 });
    this.verdict = h("p", { class: "flow-found", role: "status" }, "Type a message, or try a turn.");
    this.way = button("Show turn", goTo);
    this.refusal = h("p", { class: "refusal", role: "alert", hidden: true });
    this.prompts = h("div", { class: "flow-prompts" });
    this.reply = h("div", { class: "flow-reply", hidden: true });
    this.more = h("details", {}, h("summary", {}, "More"), moreFields());
    this.form = h(
      "form",
      { class: "flow-form", onsubmit: (event) => this.submit(event), oninput: () => this.later() },
      mainFields(),
      this.more,
    );
    const result = h("div", { class: "flow-result" }, this.verdict, this.way);
    this.element = h("div", { class: "flow-trial" }, this.form, this.prompts, this.refusal, result, this.reply);
    this.way.hidden = true;
    this.fill(this.linked());
  }

  get text() {
    return this.form.elements.text;
  }

  get typed() {
    return Object.fromEntries(new FormData(this.form));
  }

  /** Return the form values in the page's URL. */
  linked() {
    const { query } = this.app.place;
    return Object.fromEntries(
      Object.keys(this.typed)
        .filter((name) => query.has(name))
        .map((name) => [name, query.get(name)]),
    );
  }

  /** Offer example messages as buttons. */
  suggest(prompts) {
    const facts = JSON.stringify(prompts);
    if (facts === this.facts) return;
    this.facts = facts;
    this.prompts.replaceChildren(...prompts.map((text) => button(text, () => this.put({ text }))));
  }

  /** Replace the form's values and try them. */
  put(values) {
    this.form.reset();
    this.fill(values);
    return this.attempt();
  }

  /** Try an input that matches a turn. */
  putFor(when) {
    return this.put(typedFor(when));
  }

  fill(values) {
    const { elements } = this.form;
    for (const [name, value] of Object.entries(values)) elements[name].value = value;
    if ([...this.more.querySelectorAll("input, textarea")].some(({ value }) => value)) this.more.open = true;
  }

  /** Whether there is something to try. */
  get any() {
    return Object.entries(this.typed).some(([name, value]) => value && !isUsual(name, value));
  }

  submit(event) {
    event.preventDefault();
    this.attempt();
  }

  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.attempt(), PAUSE);
  }

  /** Repeat the trial, for example after the script changed. */
  again() {
    if (this.tried || this.any) return this.attempt();
  }

  leave() {
    clearTimeout(this.waiting);
    this.asked = NaN; // ignores responses that are still pending
  }

  async attempt() {
    clearTimeout(this.waiting);
    this.note();
    const mine = (this.asked += 1);
    try {
      const trial = await this.send(trialOf(this.typed));
      if (mine === this.asked) this.show(trial);
    } catch (error) {
      if (mine === this.asked) this.refuse(error);
    }
  }

  note() {
    const kept = Object.entries(this.typed).map(([name, value]) => [
      name,
      value.length > LINKED || isUsual(name, value) ? "" : value,
    ]);
    this.app.note(Object.fromEntries(kept));
  }

  show(trial) {
    this.tried = true;
    this.refusal.hidden = true;
    this.verdict.textContent = VERDICTS[trial.matched](trial);
    this.way.hidden = false;
    this.reply.hidden = false;
    this.showReply(trial.items);
    this.found(trial);
  }

  /** Show the reply's items; keep the page as it is if only generated ids and times differ. */
  showReply(items) {
    const facts = JSON.stringify(items.map(({ id, thread_id, created_at, call_id, ...rest }) => rest));
    if (facts === this.shown) return;
    this.shown = facts;
    const shown = items.length ? readingView(items) : h("p", { class: "faint" }, "It adds no items to the thread.");
    this.reply.replaceChildren(h("h3", {}, "Reply"), shown);
  }

  refuse({ message }) {
    this.refusal.textContent = message;
    this.refusal.hidden = false;
    this.verdict.textContent = "";
    this.way.hidden = true;
    this.reply.hidden = true;
    this.found(undefined);
  }
}

const VERDICTS = {
  turn: ({ index }) => `Turn ${index + 1} matches.`,
  default: () => "No turn matches: the default is used.",
  echo: () => "No turn matches: the message is echoed.",
};

function isUsual(name, value) {
  return (name === "user" && value === "ada") || (name === "turn" && value === "1");
}

function mainFields() {
  return [
    input("text", "Text", "Where is my order?"),
    h(
      "div",
      { class: "pair" },
      input("user", "User", "ada", "ada"),
      input("turn", "Message number", "1", "1", "numeric"),
    ),
  ];
}

function moreFields() {
  const hint = "Instead of a message, try a widget action, a client tool's output or answers to questions.";
  const fields = [
    ["action", "Action", "claim.send"],
    ["payload", "Payload (JSON)", '{"wish": "refund"}'],
    ["tool", "Client tool", "get_order"],
    ["output", "Output (JSON)", '{"status": "lost"}'],
    ["answers", "Answers (JSON)", '{"when": "Morning"}'],
    ["state", "State (JSON)", '{"plan": "pro"}'],
    ["attachment", "Type of attached file", "image/png"],
  ];
  const made = fields.map(([name, words, placeholder]) => input(name, words, placeholder));
  return h("div", { class: "fields" }, h("p", { class: "faint" }, hint), h("div", { class: "pair" }, made));
}

function input(name, words, placeholder, value = "", inputmode = "text") {
  return field(
    words,
    h("input", { type: "text", name, placeholder, value, inputmode, autocomplete: "off", spellcheck: "false" }),
  );
}
