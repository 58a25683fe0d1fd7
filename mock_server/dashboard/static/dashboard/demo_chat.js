/** The <openai-chatkit> element, embedded as in an app, or an error in its place. */

import { button, h, jsonView, link, statusBadge } from "./ui.js";

const EVENTS = [
  "ready",
  "error",
  "effect",
  "deeplink",
  "response.start",
  "response.end",
  "history.open",
  "history.close",
  "thread.change",
  "thread.load.start",
  "thread.load.end",
  "tool.change",
  "log",
];
const GREETING = "What can I show you?";
const MEGABYTE = 1024 * 1024;

let script;

/** Load the element's script once per page. Rejects if it cannot be loaded. */
function loadElement() {
  script ??= new Promise((resolve, reject) => {
    const tag = h("script", { src: new URL("deployments/chatkit/chatkit.js", document.baseURI), onload: resolve });
    tag.addEventListener("error", () => {
      script = undefined;
      tag.remove();
      reject(new Error("The element's script could not be loaded."));
    });
    document.head.append(tag);
  });
  return script;
}

/** The area of the chat. `tell(name, detail)` is called for each event of the element. */
export class ChatBox {
  constructor(tell) {
    this.tell = tell;
    this.element = h("div", { class: "chat" });
    this.media = matchMedia("(prefers-color-scheme: dark)");
    this.recolour = () => this.chat?.setOptions(this.options());
    this.media.addEventListener("change", this.recolour);
    this.scheme = new MutationObserver(this.recolour);
    this.scheme.observe(document.documentElement, { attributeFilter: ["data-scheme"] });
  }

  leave() {
    this.media.removeEventListener("change", this.recolour);
    this.scheme.disconnect();
    this.clear();
  }

  clear() {
    this.chat = undefined;
    this.element.replaceChildren();
  }

  wait(words) {
    this.clear();
    this.element.append(h("p", { class: "waiting", role: "status" }, words));
  }

  /**
   * Show the element. `getClientSecret` and `onClientTool` are its options of these names; `settings` are the
   * session's; `prompts` appear on the start screen; `thread` is the id of the initial thread, or null.
   */
  async show(shown) {
    this.shown = shown;
    this.clear();
    await loadElement();
    if (this.shown !== shown) return;
    const chat = (this.chat = h("openai-chatkit"));
    for (const name of EVENTS) {
      chat.addEventListener(`chatkit.${name}`, ({ detail }) => {
        if (this.chat === chat) this.tell(`chatkit.${name}`, detail);
      });
    }
    chat.setOptions(this.options());
    this.element.append(chat);
  }

  options() {
    const { getClientSecret, onClientTool, settings, prompts, thread } = this.shown;
    const { scheme } = document.documentElement.dataset;
    const isDark = scheme === "system" ? this.media.matches : scheme === "dark";
    return {
      api: { getClientSecret },
      theme: { colorScheme: isDark ? "dark" : "light" },
      initialThread: thread,
      history: { enabled: settings.history },
      startScreen: { greeting: GREETING, prompts: prompts.map((text) => ({ label: text, prompt: text })) },
      threadItemActions: { feedback: true, retry: true },
      composer: {
        placeholder: "Type a message",
        attachments: {
          enabled: settings.uploads,
          maxCount: Number(settings.max_files),
          maxSize: Number(settings.max_size) * MEGABYTE,
        },
      },
      widgets: { onAction: (action) => this.tell("widgets.onAction", action) },
      onClientTool,
    };
  }

  /** Show a NotCreated in place of the chat. `again()` retries; `unlock(key)` retries with another API key. */
  refuse(error, { again, unlock, href }) {
    this.clear();
    this.element.append(
      h(
        "div",
        { class: "refused", role: "alert" },
        h("div", { class: "title" }, h("h2", {}, "No session"), error.status ? statusBadge(error.status) : undefined),
        h("p", {}, error.message),
        error.hint && h("p", { class: "faint" }, error.hint),
        error.status === 401 && keyForm(unlock),
        error.body && jsonView(error.body, "Response body"),
        h(
          "div",
          { class: "buttons" },
          button("Try again", again, { tone: error.status === 401 ? "plain" : "primary", symbol: "rotate-cw" }),
          href && link(href, "Open the request"),
        ),
      ),
    );
  }
}

function keyForm(unlock) {
  const key = h("input", { type: "password", name: "key", required: true, autocomplete: "off" });
  return h(
    "form",
    { class: "unlock", onsubmit: (event) => (event.preventDefault(), unlock(key.value)) },
    h(
      "label",
      { class: "field" },
      h("span", {}, "API key"),
      key,
      h("small", {}, "Kept only until you close this page."),
    ),
    h("button", { type: "submit", class: "button", data: { tone: "primary" } }, "Use this key"),
  );
}
