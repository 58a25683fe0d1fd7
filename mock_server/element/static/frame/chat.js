/** The chat in the frame: connects the views, the conversation and the page. */

import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { drawnSoon, h } from "./dom.js";
import { EVENTS } from "./events.js";
import { Header } from "./header.js";
import { History } from "./history.js";
import { Log } from "./log.js";
import { Markdown } from "./markdown.js";
import { resolved } from "./options.js";
import { StartScreen } from "./start_screen.js";
import { applyTheme } from "./theme.js";
import { CustomTransport, HostedTransport, randomId } from "./transport.js";

const TOAST = 8000; // milliseconds
const PAUSE = 40; // milliseconds between two redraws: 25 per second look smooth

export class Chat {
  /** `page` has `emit(name, detail)` for events and `fail(error)` for errors; `line` sends requests in custom mode. */
  constructor({ page, line, base }) {
    Object.assign(this, { page, line, base, instanceId: randomId(), changed: new Set() });
    this.drawSoon = drawnSoon(() => this.draw(), PAUSE);
  }

  /** Replace all options. Throws InvalidFrameParamsError, and then keeps the previous ones. */
  setOptions(given) {
    const options = resolved(given);
    const first = !this.options;
    this.options = options;
    this.connect(options);
    if (first) this.build();
    document.title = options.frameTitle;
    for (const part of [this.start, this.log]) part.element.lang = options.locale; // the chat's own texts are English
    applyTheme(options.theme);
    for (const view of [this.header, this.start, this.composer]) view.configure(options);
    this.drawDisclaimer(options.disclaimer);
    if (first && options.initialThread !== null) this.show(options.initialThread);
    if (first) this.draw(); // before the ready event
    else this.touch(this.conversation.items.map(({ id }) => id));
  }

  /** Create the transport; keep it, and its secret, unless the `api` or `locale` option changed. */
  connect({ api, locale }) {
    const facts = JSON.stringify([api, locale]);
    if (facts === this.apiFacts) {
      this.transport.api = api;
      if (this.transport.secret) this.transport.secret.ask = api.getClientSecret;
      return;
    }
    this.apiFacts = facts;
    const settings = { api, locale, line: this.line, base: this.base, instanceId: this.instanceId };
    this.transport = api.getClientSecret ? new HostedTransport(settings) : new CustomTransport(settings);
    if (this.conversation) this.conversation.transport = this.transport;
    this.transport.secret?.get().catch((error) => this.emit("error", { error })); // immediately, as apps expect
  }

  build() {
    this.conversation = new Conversation({
      transport: this.transport,
      changed: (ids) => this.touch(ids),
      emit: (name, detail) => this.emit(name, detail),
      toast: (words) => this.toast(words),
      callTool: (call) => this.callTool(call),
    });
    this.header = new Header(this);
    this.start = new StartScreen(this);
    this.log = new Log(this);
    this.composer = new Composer(this);
    this.history = new History(this);
    this.disclaimer = h("div", { class: "disclaimer" });
    this.toasts = h("div", { class: "toasts" });
    this.main = h(
      "main",
      {},
      this.start.element,
      this.log.element,
      this.log.latest,
      h("div", { class: "bottom" }, this.composer.element, this.disclaimer),
    );
    document.body.replaceChildren(this.header.element, this.main, this.history.element, this.toasts);
    document.body.addEventListener("click", (event) => this.followDeeplink(event));
    document.body.addEventListener("dragover", (event) => event.preventDefault());
    document.body.addEventListener("drop", (event) => this.drop(event));
  }

  /** Schedule a redraw, including the items with these ids. */
  touch(ids = []) {
    for (const id of ids) this.changed.add(id);
    this.drawSoon();
  }

  draw() {
    const { changed, conversation } = this;
    const focused = document.activeElement;
    this.changed = new Set();
    const fresh =
      !conversation.items.length &&
      !conversation.loading &&
      !conversation.turn &&
      !conversation.failure &&
      !conversation.threadId;
    this.main.classList.toggle("fresh", fresh);
    this.start.element.hidden = !fresh;
    this.log.element.hidden = fresh;
    this.header.draw();
    this.log.draw(changed);
    this.composer.draw();
    this.keepFocus(focused);
  }

  /** Move the focus to the conversation if the focused element is gone. */
  keepFocus(focused) {
    if ([document.body, this.composer.field].includes(focused) || (focused.isConnected && focused.checkVisibility()))
      return;
    if (document.hasFocus()) this.log.element.focus({ preventScroll: true });
  }

  drawDisclaimer(disclaimer) {
    this.disclaimer.hidden = !disclaimer;
    if (!disclaimer) return;
    const words = new Markdown();
    words.set(disclaimer.text);
    this.disclaimer.classList.toggle("high-contrast", Boolean(disclaimer.highContrast));
    this.disclaimer.replaceChildren(words.element);
  }

  /** Send a message. */
  send({ content, reply = "", attachments = [], options }) {
    const inference = options ?? this.composer.choices.inferenceOptions;
    const pieces = content.map((piece) => (piece.type === "input_tag" ? { data: {}, ...piece } : piece)); // mandatory
    return this.conversation.send({ content: pieces, attachments, quoted_text: reply, inference_options: inference });
  }

  /** Show a thread, null for a new one. */
  show(threadId) {
    return this.conversation.show(threadId).catch(() => {});
  }

  /** Send the answers to an item's questions; the conversation shows a failure. */
  answer(itemId, input) {
    this.conversation.answer(itemId, input).catch(() => {});
  }

  /** Run a widget's action with its handler: in the page or on the server. */
  async act(action, item) {
    if (action.handler === "client") {
      return this.attempt(
        this.options.widgets.onAction?.(
          { type: action.type, payload: action.payload },
          { id: item.id, widget: item.widget },
        ),
      );
    }
    return this.attempt(this.conversation.act(action, item.id));
  }

  /** Return the context for widgets: colour scheme, locale, and `act(action)`. */
  widgetHost(act = async () => {}) {
    return { scheme: this.options.theme.colorScheme, locale: this.options.locale, act };
  }

  async callTool(call) {
    if (!this.options.onClientTool)
      throw new Error(`The server called the client tool "${call.name}", but there is no onClientTool.`);
    return this.options.onClientTool(call);
  }

  /** Await a promise; on failure show a toast, emit an error event and return undefined. */
  async attempt(promise) {
    try {
      return await promise;
    } catch (error) {
      this.toast(error.shown ?? error.message);
      this.emit("error", { error });
      return undefined;
    }
  }

  toast(words) {
    const toast = h("p", { class: "toast", role: "alert" }, words);
    this.toasts.append(toast);
    const { element } = this.history;
    (element.open ? element : document.body).append(this.toasts); // an open dialog covers everything outside it
    setTimeout(() => toast.remove(), TOAST);
  }

  emit(name, detail) {
    if (name === "error") this.page.fail(detail.error);
    else if (`chatkit.${name}` in EVENTS) this.page.emit(name, detail);
  }

  followDeeplink(event) {
    const link = event.target.closest?.('a[href^="chatkit-link:"]');
    if (!link) return;
    event.preventDefault();
    const { host, pathname, searchParams } = new URL(link.href);
    this.emit("deeplink", { name: host || pathname.replace(/^\/+/, ""), data: Object.fromEntries(searchParams) });
  }

  drop(event) {
    event.preventDefault();
    if (event.dataTransfer.files.length && this.options.composer.attachments.enabled)
      this.composer.attachments.add(event.dataTransfer.files);
  }
}
