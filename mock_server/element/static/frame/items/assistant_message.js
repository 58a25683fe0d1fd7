/** A message from the assistant: Markdown with citations. */

import { h, safeLink } from "../dom.js";
import { icon } from "../icons.js";
import { Markdown } from "../markdown.js";
import { entityButton } from "../entities.js";

export class AssistantMessage {
  constructor(item, chat) {
    this.chat = chat;
    this.parts = [];
    this.element = h("div", { class: "assistant-message" }, h("h6", { class: "hidden" }, "The assistant said:"));
    this.update(item);
  }

  update({ content = [], streaming }) {
    content.forEach((part, index) => {
      if (!this.parts[index]) {
        this.parts[index] = new Part(this.chat);
        this.element.append(this.parts[index].element);
      }
      this.parts[index].update(part, streaming);
    });
  }
}

class Part {
  constructor(chat) {
    this.chat = chat;
    this.markdown = new Markdown({ cite: (number) => this.cite(number) });
    this.sources = h("ol", { class: "sources", "aria-label": "Sources", hidden: true });
    this.element = h("div", {}, this.markdown.element, this.sources);
  }

  update({ text = "", annotations = [] }, streaming) {
    this.annotations = annotations;
    const marks = annotations.flatMap(({ index }, place) =>
      Number.isInteger(index) ? [{ index, number: place + 1 }] : [],
    );
    this.markdown.set(text, marks, streaming);
    if (this.drawn === annotations) return;
    this.drawn = annotations;
    this.sources.hidden = annotations.length === 0;
    this.sources.replaceChildren(
      ...annotations.map(({ source }, place) => h("li", {}, this.source(source, `${place + 1}`))),
    );
  }

  cite(number) {
    const { source = {} } = this.annotations[number - 1] ?? {};
    const inline = source.type === "entity" && source.inline_label;
    if (inline) return entityButton(source, this.chat, inline);
    return h("sup", { class: "citation" }, this.source(source, String(number), true));
  }

  /** Return a source, in full or only its number. */
  source(source, number, short = false) {
    const title = source.title ?? source.filename ?? "";
    const told = short
      ? number
      : [h("span", { class: "number" }, number), h("span", {}, source.label ?? title), detailOf(source)];
    const name = short ? `Source ${number}: ${title}` : undefined;
    const address = source.type === "url" && safeLink(source.url);
    if (address)
      return h(
        "a",
        { href: address, target: "_blank", rel: "noopener noreferrer", "aria-label": name, title: source.description },
        told,
      );
    if (source.type === "entity") return entityButton(source, this.chat, told);
    return h(
      "span",
      { class: "source", "aria-label": name, role: name && "img", title: source.description },
      short ? told : [icon("document"), told],
    );
  }
}

function detailOf({ attribution, url, filename, title }) {
  const detail = attribution ?? (url && hostOf(url)) ?? (filename !== title ? filename : undefined);
  return detail ? h("small", {}, detail) : null;
}

function hostOf(url) {
  return URL.canParse(url) ? new URL(url).host : undefined;
}
