/** A read-only conversation: each item rendered as in the chat, with its type, time, id and JSON. */

import { isShown } from "../../deployments/chatkit/frame/items/index.js";
import { badge, copyButton, facts, h, jsonView } from "./ui.js";
import { momentOf } from "./clocks.js";
import { Drawn } from "./drawn.js";
import { Keyed } from "./keyed.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Return an element that shows items, oldest first; its `update(items)` changes them in place. */
export function readingView(items) {
  const view = document.createElement("reading-view");
  view.update(items);
  return view;
}

class ReadingView extends HTMLElement {
  #items = [];
  #entries = new Keyed(this, keyOf, (item) => new Entry(item));
  #repaint = () => this.#paint();
  #observer = new MutationObserver(this.#repaint);

  connectedCallback() {
    this.#observer.observe(document.documentElement, { attributeFilter: ["style"] });
    dark.addEventListener("change", this.#repaint);
    this.#paint();
  }

  disconnectedCallback() {
    this.#observer.disconnect();
    dark.removeEventListener("change", this.#repaint);
  }

  update(items) {
    this.#items = items;
    this.#entries.show(items);
  }

  #paint() {
    const scheme = schemeOf();
    for (const item of this.#items) this.#entries.part(keyOf(item)).picture.paint?.(scheme);
  }
}

customElements.define("reading-view", ReadingView);

function keyOf({ id, type }) {
  return `${id} ${type}`;
}

function schemeOf() {
  const { colorScheme } = document.documentElement.style;
  if (colorScheme === "light" || colorScheme === "dark") return colorScheme;
  return dark.matches ? "dark" : "light";
}

class Entry {
  constructor(item) {
    const { type, id, created_at: created } = item;
    Object.assign(this, { type, item, facts: JSON.stringify(item), picture: pictureOf(item) });
    this.fold = h("details", { class: "item-json", ontoggle: () => this.unfold() }, h("summary", {}, "JSON"));
    this.element = h(
      "article",
      { class: "item", data: { itemType: type, itemId: id }, "aria-label": `${type} ${id}` },
      h("header", {}, h("strong", {}, type), h("time", { datetime: created }, momentIn(created)), h("code", {}, id)),
      this.picture.element,
      this.fold,
    );
  }

  update(item) {
    const now = JSON.stringify(item);
    if (now === this.facts) return;
    Object.assign(this, { item, facts: now });
    this.redraw();
    this.unfold();
  }

  redraw() {
    try {
      if (this.picture.update) this.picture.update(this.item);
      else this.replacePicture(pictureOf(this.item));
    } catch (error) {
      this.replacePicture(failed(error));
    }
  }

  replacePicture(picture) {
    this.picture.element.replaceWith(picture.element);
    this.picture = picture;
  }

  /** Add the JSON only while it is open. */
  unfold() {
    const shown = this.fold.open
      ? [jsonView(this.item), copyButton("Copy JSON", () => JSON.stringify(this.item, null, 2))]
      : [];
    this.fold.replaceChildren(this.fold.firstChild, ...shown);
  }
}

/** Return a rendering of an item: as in the chat, or as text for items that the chat does not show. */
function pictureOf(item) {
  if (!isShown(item)) return new Told(item);
  try {
    return new Drawn(item, schemeOf());
  } catch (error) {
    return failed(error);
  }
}

/** Return a placeholder for an item that could not be rendered. */
function failed({ message }) {
  return { element: h("p", { class: "untold" }, `Could not render this item: ${message}`) };
}

/** An item that the chat does not show, as text. */
class Told {
  constructor(item) {
    this.element = h("div", { class: "told" });
    this.update(item);
  }

  update(item) {
    const tell = Object.hasOwn(WORDS, item.type) ? WORDS[item.type] : otherwise;
    this.element.replaceChildren(...tell(item));
  }
}

const WORDS = {
  client_tool_call: ({ name, status, call_id: call, arguments: given, output }) => [
    facts([
      ["Tool", h("code", {}, name)],
      ["Status", badge(status, status === "completed" ? "good" : "warn")],
      ["Call", h("code", {}, call)],
      ["Arguments", jsonView(given, "Arguments")],
      ["Output", output === undefined ? "None yet" : jsonView(output, "Output")],
    ]),
  ],
  end_of_turn: () => [h("p", { class: "untold" }, "End of the assistant's turn.")],
};

function otherwise(item) {
  return [h("p", { class: "untold" }, "Not shown in the chat."), jsonView(item)];
}

/** Format the time of an item; without a zone it is in UTC. */
function momentIn(created) {
  return momentOf(Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(created) ? created : `${created}Z`) / 1000);
}
