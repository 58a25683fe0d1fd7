/** Streaming Markdown: parsed by marked, sanitized by DOMPurify, and redrawn only where it changed. */

import { Marked } from "../vendor/marked.js";
import DOMPurify from "../vendor/purify.js";
import { h, safeImage, safeLink } from "./dom.js";

// A citation in the text: its number between two private-use characters, which are removed from the text itself.
const MARK = /\uE000(\d+)\uE001/;
const TAGS = [
  "a",
  "blockquote",
  "br",
  "code",
  "del",
  "em",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "hr",
  "img",
  "input",
  "li",
  "ol",
  "p",
  "pre",
  "strong",
  "table",
  "tbody",
  "td",
  "th",
  "thead",
  "tr",
  "ul",
];
const ATTRIBUTES = ["align", "alt", "checked", "class", "disabled", "href", "src", "start", "title", "type"];

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escaped(text), // HTML in a message is shown as text
    heading({ tokens, depth }) {
      const level = Math.min(depth + 2, 6); // below the chat's own headings
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
  },
});

const purify = DOMPurify(window);
purify.addHook("uponSanitizeAttribute", (_, attribute) => {
  if (attribute.attrName === "href") attribute.keepAttr = safeLink(attribute.attrValue) !== undefined;
  if (attribute.attrName === "src") attribute.keepAttr = safeImage(attribute.attrValue) !== undefined;
});
purify.addHook("afterSanitizeAttributes", (node) => {
  if (node.localName === "a" && node.hasAttribute("href")) {
    node.target = "_blank";
    node.rel = "noopener noreferrer";
  }
  if (node.localName === "img") node.loading = "lazy";
  if (node.localName === "input") node.setAttribute("aria-label", node.checked ? "Done" : "To do");
});

/** A Markdown text that can grow: `element` shows the last text passed to `set`. */
export class Markdown {
  /** `cite(number)` returns the node for a citation. */
  constructor({ cite } = {}) {
    this.element = h("div", { class: "markdown", dir: "auto" });
    this.cite = cite;
    this.blocks = [];
    this.links = "{}";
    this.settled = "";
    this.blocksSettled = 0;
  }

  /**
   * Show `text` with citations at `marks`: `[{index, number}]`, where `index` counts characters. Of a `growing` text
   * only the last two blocks are parsed again, since earlier ones no longer change.
   */
  set(text, marks = [], growing = false) {
    const source = withMarks(text, marks);
    const known = growing && source.startsWith(this.settled) ? this.settled.length : 0;
    const kept = known ? this.blocks.slice(0, this.blocksSettled) : [];
    const tokens = marked.lexer(source.slice(known));
    if (!growing) this.forgetIfOther(JSON.stringify(tokens.links));
    this.show([...kept, ...tokens.filter(({ type }) => type !== "space" && type !== "def")]);
    if (growing) this.settle(source.slice(0, known), tokens, kept.length);
  }

  /** Redraw everything if link definitions changed: they can follow the blocks that use them. */
  forgetIfOther(links) {
    if (links !== this.links) this.show([]);
    this.links = links;
  }

  /** Draw the blocks that differ from those shown. */
  show(blocks) {
    let same = 0;
    while (same < blocks.length && blocks[same].raw === this.blocks[same]?.raw) same += 1;
    for (const { nodes } of this.blocks.splice(same)) for (const node of nodes) node.remove();
    for (const token of blocks.slice(same)) {
      const nodes = this.draw(token);
      this.blocks.push({ raw: token.raw, nodes });
      this.element.append(...nodes);
    }
  }

  settle(before, tokens, count) {
    const last = tokens.slice(0, -2); // the next block can still change the one before it
    this.settled = before + last.map(({ raw }) => raw).join("");
    this.blocksSettled = count + last.filter(({ type }) => type !== "space" && type !== "def").length;
  }

  draw(token) {
    const html = marked.parser([token]);
    const drawn = purify.sanitize(html, {
      ALLOWED_TAGS: TAGS,
      ALLOWED_ATTR: ATTRIBUTES,
      ADD_URI_SAFE_ATTR: ["align", "start", "type"], // these contain no URLs
      ALLOW_DATA_ATTR: false,
      RETURN_DOM_FRAGMENT: true,
      ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel|chatkit-link|data|blob):/i,
    });
    for (const table of drawn.querySelectorAll("table")) {
      const scrolled = h("div", { class: "scrolled", tabindex: 0, role: "group", "aria-label": "Table" });
      table.replaceWith(scrolled);
      scrolled.append(table);
    }
    for (const block of drawn.querySelectorAll("pre")) block.tabIndex = 0;
    if (this.cite) placeCitations(drawn, this.cite);
    return [...drawn.childNodes];
  }
}

function withMarks(text, marks) {
  let marked = text.replace(/[\uE000\uE001]/g, "");
  for (const { index, number } of [...marks].sort((a, b) => b.index - a.index || b.number - a.number)) {
    marked = `${marked.slice(0, index)}\uE000${number}\uE001${marked.slice(index)}`;
  }
  return marked;
}

function placeCitations(root, cite) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (MARK.test(walker.currentNode.data)) texts.push(walker.currentNode);
  for (const text of texts) {
    const pieces = text.data.split(MARK); // text, number, text, number, text
    text.replaceWith(...pieces.map((piece, place) => (place % 2 ? cite(Number(piece)) : piece)));
  }
}

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
