/** The composer's choices: the tool and the model for a message. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { Menu } from "./menu.js";

export class ComposerChoices {
  constructor(chat, composer) {
    this.chat = chat;
    this.composer = composer;
    this.toolId = null;
    this.modelButton = h("button", { type: "button", class: "model" });
    this.model = new Menu({
      name: "Models",
      button: this.modelButton,
      choices: () => this.modelChoices(),
      pick: (id) => this.selectModel(id),
    });
  }

  configure({ composer: { tools, models } }) {
    Object.assign(this, { tools, models });
    if (!models.some(({ id }) => id === this.modelId))
      this.modelId = (models.find((model) => model.default) ?? models.find(({ disabled }) => !disabled))?.id;
    if (!this.tool) this.toolId = null;
    this.drawModel();
  }

  get tool() {
    return this.tools?.find(({ id }) => id === this.toolId);
  }

  /** The `inference_options` of a message. */
  get inferenceOptions() {
    return { ...(this.tool && { tool_choice: { id: this.toolId } }), ...(this.modelId && { model: this.modelId }) };
  }

  selectTool(id) {
    if (id === this.toolId) return;
    if (id !== null && !this.tools.some((tool) => tool.id === id))
      throw new Error(`composer.tools has no tool "${id}".`);
    this.toolId = id;
    this.chat.emit("tool.change", { toolId: id });
    this.composer.tools.replaceChildren(...this.buttons());
    this.composer.draw();
  }

  /** Select a tool for the user, and move the focus: the pressed button is gone. */
  chooseTool(id) {
    this.selectTool(id);
    this.composer.focus();
  }

  selectModel(id) {
    if (!this.models.some((model) => model.id === id)) throw new Error(`composer.models has no model "${id}".`);
    this.modelId = id;
    this.drawModel();
  }

  /** Reset the tool after a message was sent, unless it is persistent. */
  sent() {
    if (this.tool && !this.tool.persistent) this.selectTool(null);
  }

  drawModel() {
    const current = this.models.find(({ id }) => id === this.modelId);
    this.model.element.hidden = !current;
    this.modelButton.setAttribute("aria-label", `Choose model: ${current?.label}`);
    this.modelButton.replaceChildren(current?.label ?? "", icon("lucide:chevron-down"));
  }

  modelChoices() {
    return this.models.map((model) => ({ ...model, checked: model.id === this.modelId }));
  }

  /** Return the buttons at the left of the composer. */
  buttons() {
    const { attachments } = this.composer;
    const { entities } = this.chat.options;
    return [
      attachments.limits.enabled && iconButton("Attach files", "lucide:paperclip", () => attachments.choose()),
      entities.onTagSearch &&
        entities.showComposerMenu &&
        iconButton("Mention", "lucide:at-sign", () => this.composer.beginMention()),
      this.toolMenu(),
      ...this.tools
        .filter((tool) => tool.pinned && tool.id !== this.toolId)
        .map((tool) => iconButton(tool.label, tool.icon, () => this.chooseTool(tool.id))),
      this.tool && this.chosenTool(this.tool),
    ].filter(Boolean);
  }

  toolMenu() {
    const choices = () =>
      this.tools.filter(({ pinned }) => !pinned).map((tool) => ({ ...tool, checked: tool.id === this.toolId }));
    if (!this.tools.some(({ pinned }) => !pinned)) return null;
    const button = iconButton("Tools", "settings-slider");
    return new Menu({ name: "Tools", button, choices, pick: (id) => this.chooseTool(id) }).element;
  }

  chosenTool({ label, shortLabel, icon: sign }) {
    return h(
      "button",
      {
        type: "button",
        class: "chosen",
        "aria-label": `Remove tool: ${label}`,
        title: label,
        onclick: () => this.chooseTool(null),
      },
      icon(sign),
      h("span", {}, shortLabel ?? label),
      icon("close"),
    );
  }
}

function iconButton(name, sign, act) {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": name, title: name, onclick: act },
    icon(sign),
  );
}
