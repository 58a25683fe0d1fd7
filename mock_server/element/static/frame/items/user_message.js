/** A message from the user. */

import { h, safeImage } from "../dom.js";
import { icon } from "../icons.js";
import { entityButton } from "../entities.js";

export class UserMessage {
  constructor(item, chat) {
    this.chat = chat;
    this.element = h("div", { class: "user-message" });
    this.update(item);
  }

  update({ content = [], attachments = [], quoted_text: quoted }) {
    this.element.replaceChildren(
      h("h5", { class: "hidden" }, "You said:"),
      ...(attachments.length ? [h("ul", { class: "attachments" }, attachments.map(drawAttachment))] : []),
      ...(quoted ? [h("blockquote", { class: "quoted" }, icon("lucide:reply"), h("span", {}, quoted))] : []),
      ...(content.length
        ? [
            h(
              "div",
              { class: "bubble", dir: "auto" },
              content.map((part) => this.drawPart(part)),
            ),
          ]
        : []),
    );
  }

  drawPart(part) {
    if (part.type !== "input_tag") return part.text ?? "";
    return entityButton({ ...part, title: part.text }, this.chat);
  }
}

function drawAttachment({ type, name, mime_type: mime, preview_url: preview }) {
  const address = type === "image" && safeImage(preview);
  return address
    ? h("li", { class: "attachment picture" }, h("img", { src: address, alt: name }))
    : h("li", { class: "attachment" }, icon("document"), h("span", { class: "name" }, name), h("small", {}, mime));
}
