/** The form for a new fault, with a live preview of its request body. */

import { button, choice, copyButton, field, h, tabs } from "./ui.js";
import { OPERATIONS, bodyOf, pythonOf } from "./fault_draft.js";
import { ruleWords } from "./fault_words.js";

const OTHER = "other";
const ENDINGS = [
  ["error", "Return an error"],
  ["drop", "Close the connection without a response"],
  ["cut", "Cut the stream after some events"],
  ["malformed", "Send malformed JSON"],
  ["truncated", "Truncate the response"],
  ["", "Let the request through"],
];
// The endings that use each field.
const PARTS = {
  status: ["error"],
  message: ["error"],
  retry_after: ["error"],
  events: ["cut", "malformed", "truncated"],
};
const PREFILLED = ["operation", "path", "workflow", "user", "session"]; // may come from the URL's query

/** `add(body)` posts a fault and may reject; `from` is the query of the page's URL. */
export class FaultForm {
  constructor({ add, from, url, project, to }) {
    Object.assign(this, { addRule: add, where: { url, project } });
    this.words = h("p", { class: "fault-words" });
    this.json = shownCode("Fault as JSON");
    this.python = shownCode("Fault in Python");
    this.refusal = h("p", { class: "refusal", role: "alert", hidden: true });
    this.done = h("p", { class: "faint", role: "status" });
    this.element = h(
      "form",
      { class: "fault-form", onsubmit: (event) => this.submit(event), oninput: () => this.draw() },
      this.parts(),
      this.preview(to),
    );
    this.prefill(from);
    this.draw();
  }

  parts() {
    return [
      group("Which requests", this.operation(), calls()),
      group(
        "What happens",
        field(
          "Effect",
          choice("ending", ENDINGS, "error", () => this.draw()),
        ),
        deeds(),
        this.session(),
      ),
      group(
        "How often",
        pair(text("times", "Maximum times", "Unlimited", "numeric"), text("lasts", "Active for", "10m")),
        text("name", "Name", "The fault's ID"),
      ),
    ];
  }

  session() {
    const options = [
      ["", "No"],
      ["expired", "As expired"],
      ["cancelled", "As cancelled"],
    ];
    return field(
      "End the session first",
      choice("end_session", options, "", () => this.draw()),
    );
  }

  operation() {
    const groups = Object.entries(OPERATIONS).map(([label, names]) =>
      h(
        "optgroup",
        { label },
        names.map((name, at) => h("option", { value: name }, at ? name : `${name} (all)`)),
      ),
    );
    const any = h("option", { value: "" }, "Any");
    const other = h("option", { value: OTHER }, "Other…");
    return field("Operation", h("select", { name: "operation" }, any, groups, other));
  }

  preview(to) {
    const add = h("button", { type: "submit", class: "button", data: { tone: "primary" } }, "Add fault");
    const order = h("p", { class: "faint" }, "Tried after the other faults of project ", h("strong", {}, to), ".");
    return h(
      "div",
      { class: "fault-preview" },
      this.words,
      tabs("Fault as code", [
        ["JSON", () => this.json],
        ["Python", () => this.python],
      ]),
      this.refusal,
      h(
        "div",
        { class: "buttons" },
        add,
        button("Clear", () => this.clear()),
        copyButton("Copy", () => this.code()),
      ),
      order,
      this.done,
    );
  }

  /** The values of the enabled fields. */
  get typed() {
    const { operation, operation_text: other, ...typed } = Object.fromEntries(new FormData(this.element));
    return { ...typed, operation: operation === OTHER ? (other ?? "") : operation };
  }

  prefill(from) {
    const { elements } = this.element;
    for (const name of PREFILLED) if (from.get(name)) elements[name].value = from.get(name);
    if (!elements.operation.value && from.get("operation")) {
      elements.operation.value = OTHER;
      elements.operation_text.value = from.get("operation");
    }
  }

  draw() {
    const { elements } = this.element;
    use(elements.operation_text, elements.operation.value === OTHER);
    for (const [name, endings] of Object.entries(PARTS)) use(elements[name], endings.includes(elements.ending.value));
    const body = bodyOf(this.typed);
    this.words.replaceChildren(...ruleWords(body));
    this.json.firstChild.textContent = JSON.stringify(body, null, 2);
    this.python.firstChild.textContent = pythonOf(body, this.where);
    this.done.textContent = "";
    this.refusal.hidden = true;
  }

  code() {
    return this.element.querySelector(".fault-preview pre").textContent;
  }

  clear() {
    this.element.reset();
    this.draw();
  }

  async submit(event) {
    event.preventDefault();
    const submit = this.element.querySelector("[type=submit]");
    submit.disabled = true;
    try {
      const { name } = await this.addRule(bodyOf(this.typed));
      this.draw();
      this.done.textContent = `${name} is active.`;
    } catch (error) {
      this.refusal.textContent = error.message;
      this.refusal.hidden = false;
    } finally {
      submit.disabled = false;
    }
  }
}

function calls() {
  return [
    text("operation_text", "Operation or prefix", "conversation.threads"),
    pair(text("workflow", "Workflow", "wf_*"), text("user", "User", "ada")),
    pair(text("session", "Session", "cksess_*"), text("path", "Path", "/v1/chatkit/*")),
    pair(text("nth", "Nth request", "1, 3"), text("probability", "Probability", "0.2", "decimal")),
  ];
}

function deeds() {
  return [
    pair(
      text("status", "Status", "500", "numeric", "500"),
      text("retry_after", "Retry-After (seconds)", "1", "numeric"),
    ),
    text("message", "Message", "OpenAI's message for this status"),
    text("events", "Events sent before", "3", "numeric", "3"),
    pair(text("delay", "Delay", "2s"), text("bandwidth", "Bytes per second", "2000", "numeric")),
  ];
}

function group(legend, ...fields) {
  return h("fieldset", { class: "fields" }, h("legend", {}, legend), fields);
}

function pair(...fields) {
  return h("div", { class: "pair" }, fields);
}

function text(name, words, placeholder, inputmode = "text", value = "") {
  return field(
    words,
    h("input", { type: "text", name, placeholder, inputmode, value, spellcheck: "false", autocomplete: "off" }),
  );
}

/** Show and enable a field, or hide and disable it. */
function use(control, isUsed) {
  control.disabled = !isUsed;
  control.closest(".field").hidden = !isUsed;
}

function shownCode(label) {
  return h("pre", { tabindex: 0, "aria-label": label }, h("code", {}));
}
