/** The composer: text field, attachments, tools, model, dictation and suggestions. */

import { Attachments } from "./attachments.js";
import { ComposerChoices } from "./composer_choices.js";
import { contentOf, fromContent } from "./content.js";
import { Dictation } from "./dictation.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { Suggestions } from "./suggestions.js";
import { commandsFor, commandsOf, entitiesFor } from "./suggestion_sources.js";

export class Composer {
  constructor(chat) {
    this.chat = chat;
    this.tags = [];
    this.reply = "";
    this.field = h("textarea", {
      rows: 1,
      dir: "auto",
      name: "message",
      autocomplete: "off",
      "aria-controls": "suggestions",
      "aria-autocomplete": "list",
      oninput: () => this.draw(),
      onkeydown: (event) => this.press(event),
      onpaste: (event) => this.paste(event),
    });
    this.attachments = new Attachments(chat, () => this.draw());
    this.choices = new ComposerChoices(chat, this);
    this.dictation = new Dictation(chat, (text) => this.insert(text));
    this.suggestions = new Suggestions({
      field: this.field,
      search: (sign, query) => (sign === "@" ? entitiesFor(chat, query) : commandsFor(chat, query)),
      pick: (found, typed) => this.take(found, typed),
    });
    this.build();
    addEventListener("resize", () => {
      this.fitted = undefined;
      this.fit();
    });
  }

  build() {
    this.quoted = h("div", { class: "quoted", hidden: true });
    this.sendButton = h(
      "button",
      { type: "submit", class: "send", "aria-label": "Send message" },
      icon("lucide:arrow-up"),
    );
    this.stopButton = h(
      "button",
      {
        type: "button",
        class: "send",
        "aria-label": "Stop",
        hidden: true,
        onclick: () => this.chat.conversation.stop(),
      },
      icon("lucide:square"),
    );
    this.tools = h("div", { class: "tools" });
    this.form = h(
      "form",
      { class: "composer", onsubmit: (event) => this.submit(event) },
      this.suggestions.element,
      this.quoted,
      this.attachments.element,
      this.attachments.input,
      this.field,
      h(
        "div",
        { class: "bar" },
        this.tools,
        h(
          "div",
          { class: "right" },
          this.choices.model.element,
          this.dictation.element,
          this.stopButton,
          this.sendButton,
        ),
      ),
    );
    this.closed = h("p", { class: "closed", role: "status", hidden: true });
    this.element = h("div", { class: "composer-area" }, this.closed, this.form);
  }

  configure(options) {
    this.attachments.configure(options);
    this.choices.configure(options);
    this.dictation.element.hidden = !options.composer.dictation.enabled;
    this.tools.replaceChildren(...this.choices.buttons());
    this.draw();
  }

  /** Update the composer to the current state. */
  draw() {
    const { conversation, options } = this.chat;
    const placeholder = this.choices.tool?.placeholderOverride ?? options.composer.placeholder;
    this.field.placeholder = placeholder;
    this.field.setAttribute("aria-label", placeholder);
    this.fit();
    this.quoted.hidden = !this.reply;
    if (this.reply !== this.drawnReply) this.quoted.replaceChildren(...(this.reply ? this.drawReply() : []));
    this.drawnReply = this.reply;
    this.stopButton.hidden = !conversation.turn?.allowCancel;
    this.sendButton.hidden = !this.stopButton.hidden;
    this.sendButton.disabled = !this.canSend;
    this.drawStatus(conversation.thread?.status);
  }

  /** Fit the height to the text; only if it changed, since measuring is slow and every stream event calls this. */
  fit() {
    if (CSS.supports("field-sizing", "content") || this.field.value === this.fitted) return;
    this.fitted = this.field.value;
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 200)}px`;
  }

  drawStatus({ type = "active", reason } = {}) {
    this.closed.hidden = type === "active";
    this.form.hidden = type !== "active";
    if (type === "active") return;
    this.closed.replaceChildren(icon("lucide:lock"), reason || `This conversation is ${type}.`);
  }

  drawReply() {
    const drop = () => {
      this.reply = "";
      this.draw();
      this.focus(); // the button is gone
    };
    return [
      icon("lucide:reply"),
      h("span", {}, this.reply),
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": "Remove quote", onclick: drop },
        icon("close"),
      ),
    ];
  }

  get canSend() {
    const something = this.field.value.trim() || this.attachments.uploaded.length;
    return Boolean(something) && !this.attachments.busy && !this.chat.conversation.hindrance;
  }

  /** Set the composer's values; undefined ones stay unchanged. */
  async set({ text, content, reply, attachments, files, selectedToolId, selectedModelId }) {
    if (content !== undefined) [this.field.value, this.tags] = fromContent(content);
    else if (text !== undefined) [this.field.value, this.tags] = [text, []];
    if (reply !== undefined) this.reply = reply;
    if (attachments !== undefined) this.attachments.set(attachments);
    if (selectedToolId !== undefined) this.choices.selectTool(selectedToolId);
    if (selectedModelId !== undefined) this.choices.selectModel(selectedModelId);
    this.draw();
    if (files?.length) await this.attachments.add(files);
  }

  focus() {
    this.field.focus();
  }

  insert(text) {
    const { value, selectionStart: start, selectionEnd: end } = this.field;
    this.field.setRangeText(text, start, end, "end");
    if (value !== this.field.value) this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.focus();
  }

  /** Insert "@" at the caret, after a space if needed. */
  beginMention() {
    const { value, selectionStart } = this.field;
    this.insert(/\S$/.test(value.slice(0, selectionStart)) ? " @" : "@");
  }

  press(event) {
    if (event.isComposing || this.suggestions.press(event)) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    if (this.canSend) this.form.requestSubmit();
  }

  paste(event) {
    const { files } = event.clipboardData;
    if (!files.length || !this.attachments.limits.enabled) return;
    event.preventDefault();
    this.attachments.add(files);
  }

  submit(event) {
    event.preventDefault();
    if (!this.canSend) return;
    const draft = {
      value: this.field.value,
      tags: this.tags,
      reply: this.reply,
      attachments: this.attachments.uploaded,
      toolId: this.choices.toolId,
    };
    const text = draft.value.trim();
    this.chat.emit("log", { name: "composer.submit", data: { text, attachmentsCount: draft.attachments.length } });
    const options = this.choices.inferenceOptions;
    this.clear();
    this.chat
      .send({ content: contentOf(text, draft.tags), reply: draft.reply, attachments: draft.attachments, options })
      .catch((error) => error.passing && this.restore(draft));
  }

  clear() {
    this.field.value = "";
    this.tags = [];
    this.reply = "";
    this.attachments.files = []; // they now belong to the message
    this.attachments.draw();
    this.choices.sent();
  }

  /** Restore a rejected message, unless the user has entered something else. */
  restore({ value, tags, reply, attachments, toolId }) {
    if (this.field.value) return;
    Object.assign(this, { tags, reply });
    if (this.choices.tools.some(({ id }) => id === toolId)) this.choices.selectTool(toolId);
    this.field.value = value;
    this.attachments.set(attachments);
  }

  /** Replace what was typed by a suggestion. */
  async take(found, typed) {
    if (typed) this.field.setRangeText("", typed.start, typed.start + typed.query.length + 1, "end");
    if (found.entity) return this.mention(found.entity);
    this.draw();
    const selection = await this.chat.attempt(found.run());
    if (selection?.type === "entity") this.mention(selection.entity);
    if (selection?.type === "menu") this.suggestions.show(commandsOf(this.chat, selection.commands));
  }

  mention(entity) {
    this.tags.push(entity);
    this.insert(`@${entity.title} `);
  }
}
