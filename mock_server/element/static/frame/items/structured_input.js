/** Questions to the user, multiple choice or free text, that can be answered or skipped. */

import { h } from "../dom.js";

const WORDS = { answered: "Answered", skipped: "Skipped" };

export class StructuredInput {
  constructor(item, chat) {
    this.chat = chat;
    this.element = h("form", { class: "structured-input", onsubmit: (event) => this.submit(event) });
    this.update(item);
  }

  update(item) {
    const same = this.item && JSON.stringify(item) === JSON.stringify(this.item);
    this.item = item;
    if (same) return; // a redraw would lose what the user entered
    const done = item.status !== "pending";
    this.element.replaceChildren(
      ...item.inputs.map((input) =>
        input.type === "multiple_choice" ? this.choices(input, done) : this.words(input, done),
      ),
      done
        ? h("p", { class: "status" }, WORDS[item.status])
        : h(
            "div",
            { class: "buttons" },
            h("button", { type: "submit", class: "primary" }, "Submit"),
            h("button", { type: "button", class: "quiet", onclick: () => this.send("skipped") }, "Skip"),
          ),
    );
  }

  choices({ id, question, options = [], multiple, answer }, done) {
    const type = multiple ? "checkbox" : "radio";
    const name = `${this.item.id}:${id}`;
    return h(
      "fieldset",
      { disabled: done, data: { question: id } },
      h("legend", {}, question),
      options.map(({ value }) =>
        h(
          "label",
          {},
          h("input", { type, name, value, checked: answer?.values?.includes(value) }),
          h("span", {}, value),
        ),
      ),
      this.ownAnswer(options, answer, done),
    );
  }

  /** Return a field for an answer other than the suggested ones (documented). */
  ownAnswer(options, answer, done) {
    const field = h("input", { type: "text", "aria-label": "Another answer", placeholder: "Another answer" });
    field.value = answer?.values?.find((given) => !options.some(({ value }) => value === given)) ?? "";
    return done && !field.value ? null : field;
  }

  words({ id, question, description, answer }, done) {
    const field = h("textarea", { rows: 2, readonly: done });
    field.value = answer?.values?.[0] ?? "";
    return h(
      "fieldset",
      { data: { question: id } },
      h("label", { class: "words" }, h("span", {}, question), description && h("small", {}, description), field),
    );
  }

  submit(event) {
    event.preventDefault();
    this.send("answered");
  }

  send(status) {
    const answers = Object.fromEntries(
      [...this.element.querySelectorAll("fieldset")].map((field) => {
        const values = status === "skipped" ? [] : valuesOf(field);
        return [field.dataset.question, { values, skipped: values.length === 0 }];
      }),
    );
    this.chat.answer(this.item.id, { status, answers });
  }
}

function valuesOf(field) {
  const words = field.querySelector("textarea")?.value.trim();
  if (words !== undefined) return words ? [words] : [];
  const own = field.querySelector("input[type=text]").value.trim();
  const chosen = [...field.querySelectorAll("input:checked")].map(({ type, value }) => [type, value]);
  return [...chosen.filter(([type]) => !own || type === "checkbox").map(([, value]) => value), ...(own ? [own] : [])];
}
