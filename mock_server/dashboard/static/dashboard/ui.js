/** Components shared by all views. Strings become text, never markup. */

import { h } from "../../deployments/chatkit/frame/dom.js";
import { icon } from "../../deployments/chatkit/frame/icons.js";

export { h, svg, setStyle, safeImage, safeLink } from "../../deployments/chatkit/frame/dom.js";
export { icon, loadIcons } from "../../deployments/chatkit/frame/icons.js";

const TONES = {
  active: "good",
  expired: "dim",
  cancelled: "bad",
  locked: "warn",
  closed: "dim",
  answered: "good",
  open: "info",
  abandoned: "warn",
  dropped: "bad",
};

/** Return a badge, such as a status. */
export function badge(word, tone = TONES[word] ?? "dim") {
  return h("span", { class: "badge", data: { tone } }, word);
}

/** Return a badge for an HTTP status code, coloured by its class; a dash if there was no response. */
export function statusBadge(status) {
  if (!status) return badge("–", "bad");
  return badge(String(status), status >= 500 ? "bad" : status >= 400 ? "warn" : "good");
}

/** Return a button; `tone` is `primary`, `danger` or undefined. It is disabled while `act()` is pending. */
export function button(words, act, { tone, symbol, title, disabled } = {}) {
  const made = h(
    "button",
    { type: "button", class: "button", data: { tone: tone ?? "plain" }, title, disabled },
    symbol && icon(`lucide:${symbol}`),
    words && h("span", {}, words),
  );
  if (!words) made.setAttribute("aria-label", title);
  made.addEventListener("click", async () => {
    const hadFocus = document.activeElement === made; // a disabled button loses it
    made.disabled = true;
    try {
      await act();
    } finally {
      made.disabled = false;
      if (hadFocus && document.activeElement === document.body) made.focus();
    }
  });
  return made;
}

/** Return a button that copies what `text()` returns or resolves to, and shows whether that worked. */
export function copyButton(words, text) {
  const made = button(
    words,
    async () => {
      const words = made.querySelector("span");
      try {
        await navigator.clipboard.writeText(await text());
        words.textContent = "Copied";
      } catch (error) {
        words.textContent = error.name === "NotAllowedError" ? "Copying not allowed" : "Copy failed";
      }
      setTimeout(() => (words.textContent = made.dataset.words), 1500);
    },
    { symbol: "copy" },
  );
  made.dataset.words = words;
  return made;
}

/** Return a link. */
export function link(href, ...children) {
  return h("a", { href: String(href) }, ...children);
}

/** Return a description list of `[name, ...values]`; falsy entries are skipped. */
export function facts(pairs) {
  return h(
    "dl",
    { class: "facts" },
    pairs.filter(Boolean).map(([name, ...values]) => h("div", {}, h("dt", {}, name), h("dd", {}, ...values))),
  );
}

/** Return a section with a heading. */
export function section(title, ...children) {
  return h("section", { class: "section" }, h("h2", {}, title), ...children);
}

/** Return an empty state: a heading, an explanation and optional code to copy. */
export function empty(title, words, code) {
  return h("div", { class: "empty" }, h("h2", {}, title), h("p", {}, words), code && codeBlock(code));
}

/** Return a block of code with a copy button. */
export function codeBlock(text, label = "Copy") {
  return h(
    "div",
    { class: "code" },
    h("pre", { tabindex: 0, "aria-label": "Code" }, h("code", {}, text)),
    copyButton(label, () => text),
  );
}

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const COLOURED = 200_000; // characters; longer text is not coloured

/** Return a value as indented, coloured JSON; a string is shown as it is. */
export function jsonView(value, label = "JSON") {
  if (typeof value === "string") return h("pre", { class: "json", tabindex: 0, "aria-label": label }, value);
  const text = JSON.stringify(value, null, 2) ?? "";
  const shown = h("pre", { class: "json", tabindex: 0, "aria-label": label });
  if (text.length > COLOURED) shown.textContent = text;
  else shown.append(...coloured(text));
  return shown;
}

function* coloured(text) {
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    if (found.index > at) yield text.slice(at, found.index);
    const kind = found[2] ? "key" : found[1] ? "text" : "value";
    yield h("span", { class: `json-${kind}` }, found[1] ?? found[0]);
    if (found[2]) yield found[2];
    at = found.index + found[0].length;
  }
  yield text.slice(at);
}

/** Return a labelled control: an input, a select or a textarea. */
export function field(words, control, note) {
  return h("label", { class: "field" }, h("span", {}, words), control, note && h("small", {}, note));
}

/** Return a select of `[value, label]` pairs. */
export function choice(name, options, value, changed) {
  const made = h(
    "select",
    { name, onchange: () => changed(made.value) },
    options.map(([each, words]) => h("option", { value: each, selected: each === value }, words)),
  );
  return made;
}

/** Return a switch; if `changed(on)` rejects, it is set back. */
export function toggle(words, on, changed, attributes = {}) {
  const box = h("input", { type: "checkbox", role: "switch", checked: on, ...attributes });
  box.addEventListener("change", async () => {
    box.disabled = true;
    try {
      await changed(box.checked);
    } catch {
      box.checked = !box.checked;
    } finally {
      box.disabled = false;
    }
  });
  return h("label", { class: "toggle" }, box, h("span", {}, words));
}

/** Return tabs for `[name, make]` pairs; `make()` returns the content of a tab. */
export function tabs(label, pages, chosen = pages[0][0], changed = () => {}) {
  const panel = h("div", { class: "panel", role: "tabpanel", tabindex: 0 });
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": label });
  const show = (name) => {
    for (const tab of list.children) {
      const isShown = tab.textContent === name;
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
    }
    panel.setAttribute("aria-label", name);
    panel.replaceChildren(pages.find(([each]) => each === name)[1]());
  };
  list.append(
    ...pages.map(([name]) =>
      h("button", { type: "button", role: "tab", onclick: () => (show(name), changed(name)) }, name),
    ),
  );
  list.addEventListener("keydown", ({ key }) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (!step) return;
    const all = [...list.children];
    const next = all.at((all.indexOf(document.activeElement) + step) % all.length);
    next.focus();
    next.click();
  });
  show(chosen);
  return h("div", { class: "tabbed" }, list, panel);
}

/** Ask for confirmation. Resolves to true or false. */
export function sure(question, words) {
  return new Promise((resolve) => {
    const dialog = h(
      "dialog",
      { class: "dialog", "aria-label": question },
      h("h2", {}, question),
      h(
        "form",
        { method: "dialog", class: "buttons" },
        h("button", { class: "button", value: "no", data: { tone: "plain" } }, "Keep"),
        h("button", { class: "button", value: "yes", data: { tone: "danger" } }, words),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
