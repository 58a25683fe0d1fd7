/** The conversation: the current thread and the running turn. */

import { applyUpdate, ITEM_TYPES } from "./thread.js";

const ALL = 9999; // limit of list requests (observed)
const NO_WORDS = "There was an error while generating the assistant's response."; // observed

export class Conversation {
  /**
   * Of `chat`: `transport` sends requests; `changed(ids)` requests a redraw, with the ids of changed items;
   * `emit(name, detail)` emits an event; `toast(words)` shows a message; `callTool(call)` calls the app's onClientTool.
   */
  constructor(chat) {
    Object.assign(this, chat);
    this.clear();
  }

  clear() {
    this.turn?.abort.abort();
    Object.assign(this, {
      thread: null,
      items: [],
      turn: null,
      loading: null,
      progress: null,
      failure: null,
      notices: [],
    });
  }

  get threadId() {
    return this.thread?.id ?? null;
  }

  /** Why nothing can be sent at the moment, or null. */
  get hindrance() {
    if (this.turn) return "a response is streaming";
    if (this.loading) return "a thread is loading";
    const { type = "active" } = this.thread?.status ?? {};
    return type === "active" ? null : `the thread is ${type}`;
  }

  /** Show a thread, null for a new one. Resolves when it is loaded; a failure is shown and thrown. */
  async show(threadId) {
    const before = this.loading?.threadId ?? this.threadId;
    this.clear();
    if (threadId !== before) this.emit("thread.change", { threadId });
    if (threadId === null) return this.changed();
    const loading = (this.loading = { threadId });
    this.emit("thread.load.start", { threadId });
    this.changed();
    try {
      const { thread, items } = await this.load(threadId);
      if (this.loading === loading) Object.assign(this, { thread, items });
    } catch (error) {
      if (this.loading === loading)
        this.fail(error, error.shown ?? NO_WORDS, () => this.show(threadId).catch(() => {}));
      throw error;
    } finally {
      if (this.loading === loading) this.loading = null;
      this.emit("thread.load.end", { threadId });
      this.changed();
    }
  }

  async load(threadId) {
    const thread = await this.transport.call("threads.get_by_id", { thread_id: threadId });
    let page = thread.items ?? { data: [] };
    const items = [...page.data];
    while (page.has_more && page.data.length) {
      const after = page.after ?? items.at(-1).id;
      page = await this.transport.call("items.list", { thread_id: threadId, limit: ALL, order: "asc", after });
      items.push(...page.data);
    }
    return { thread, items };
  }

  /** Reload the thread. */
  async refresh() {
    if (!this.threadId || this.turn) return;
    const { thread, items } = await this.load(this.threadId);
    if (thread.id !== this.threadId || this.turn) return;
    Object.assign(this, { thread, items });
    this.changed(items.map((item) => item.id));
  }

  /** Show a new title of the thread. */
  retitle(title) {
    this.thread = { ...this.thread, title };
    this.changed();
  }

  /** Send a message. Resolves when the server has accepted it; rejects with the error otherwise. */
  send(input) {
    const sent = { ...input, attachments: input.attachments.map(({ id }) => id) };
    this.items = this.items.filter(({ id }) => id !== "pending"); // from a failed attempt
    this.items.push({
      id: "pending",
      type: "user_message",
      content: input.content,
      attachments: input.attachments,
      quoted_text: input.quoted_text,
      inference_options: {},
    });
    return this.threadId
      ? this.run("threads.add_user_message", { input: sent, thread_id: this.threadId })
      : this.run("threads.create", { input: sent });
  }

  /** Request a new reply to a message; drop the items after it. */
  retry(itemId) {
    if (this.hindrance) return this.refuse();
    const place = this.items.findIndex((item) => item.id === itemId);
    const dropped = this.items.splice(place + 1);
    const { threadId } = this;
    return this.run("threads.retry_after_item", { thread_id: threadId, item_id: itemId }).catch((error) => {
      if (error.passing && threadId === this.threadId) this.items.push(...dropped); // the server still has them
      this.changed();
      throw error;
    });
  }

  /** Send the answers to a structured input item. */
  answer(itemId, input) {
    return this.run("threads.add_structured_input", { thread_id: this.threadId, item_id: itemId, input });
  }

  /** Send a custom action; one that does not stream can also be sent while a response is streaming. */
  async act({ type, payload, streaming = true }, itemId) {
    const params = { thread_id: this.threadId, item_id: itemId, action: { type, payload } };
    if (streaming) return this.run("threads.custom_action", params);
    const { updated_item: item } = await this.transport.call("threads.sync_custom_action", params);
    if (item) this.receive({ type: "thread.item.replaced", item });
  }

  /** Stop the running turn; keep what has arrived. */
  stop() {
    this.turn?.abort.abort();
  }

  /** Run a turn: one stream, and another one for each client tool call. Resolves when the server has accepted it. */
  run(operation, params) {
    if (this.hindrance) return this.refuse();
    const turn = (this.turn = { abort: new AbortController(), allowCancel: false, accepted: false });
    Object.assign(this, { failure: null, notices: [] });
    this.changed(["pending"]);
    return new Promise((accept, refuse) => {
      const again = () => this.run(operation, params).catch(() => {});
      this.take(turn, operation, params, accept).then(
        () => this.end(turn),
        (error) => {
          this.fallBack(turn, error, again);
          refuse(error);
        },
      );
    });
  }

  refuse() {
    return Promise.reject(new Error(`Cannot send now: ${this.hindrance}.`));
  }

  async take(turn, operation, params, accept) {
    for (let next = { operation, params }; next; next = await this.outputOfTool(turn)) {
      const body = await this.transport.open(next.operation, next.params, { signal: turn.abort.signal });
      if (!turn.accepted) this.emit("response.start");
      turn.accepted = true;
      accept();
      for await (const event of this.transport.events(body)) {
        if (this.turn !== turn) return; // another thread is shown now
        if (event?.type === "thread.item.done" && event.item?.type === "client_tool_call") turn.call = event.item;
        this.receive(event);
      }
    }
  }

  end(turn) {
    if (turn.accepted) this.emit("response.end");
    if (this.turn !== turn) return;
    Object.assign(this, { turn: null, progress: null });
    const broken = this.items.filter((item) => item.streaming);
    for (const item of broken) item.streaming = false;
    this.changed(broken.map(({ id }) => id));
  }

  /** Handle a failed turn: stopped by the user, rejected, or interrupted. */
  fallBack(turn, error, again) {
    const silent = turn.abort.signal.aborted || this.turn !== turn;
    this.end(turn);
    if (silent) return;
    const message = error.shown ?? NO_WORDS;
    const unsure = this.items.some(({ id }) => id === "pending"); // the server did not confirm the message
    if (turn.accepted) return this.fail(error, message, unsure ? again : this.retryOfLast());
    if (!error.passing) return this.fail(error, message, again);
    this.items = this.items.filter((item) => item.id !== "pending");
    this.toast(message);
    this.emit("error", { error });
    this.changed();
  }

  /** Return a function that retries the last message that the server has, or undefined. */
  retryOfLast() {
    const last = this.items.findLast((item) => item.type === "user_message" && item.id !== "pending");
    return last && (() => this.retry(last.id).catch(() => {}));
  }

  async outputOfTool(turn) {
    const { call } = turn;
    turn.call = undefined;
    if (call?.status !== "pending" || this.turn !== turn) return undefined;
    const result = await this.callTool({ name: call.name, params: call.arguments });
    if (this.turn !== turn) return undefined;
    call.status = "completed";
    return { operation: "threads.add_client_tool_output", params: { thread_id: this.threadId, result: result ?? {} } };
  }

  /** Apply one stream event; log unknown and malformed ones and ignore them. */
  receive(event) {
    const { type, item_id: id, item } = Object(event); // the event may be null
    const take = Object.hasOwn(EVENTS, type) ? EVENTS[type] : undefined;
    try {
      if (take) take(this, event);
      else this.emit("log", { name: "event.unknown", data: { type } });
    } catch (error) {
      this.emit("log", { name: "event.malformed", data: { type, message: error.message } });
    }
    this.changed([id ?? item?.id]);
  }

  itemOf(id) {
    return this.items.findLast((item) => item.id === id);
  }

  put(item) {
    if (!ITEM_TYPES.has(item.type)) this.emit("log", { name: "item.unknown", data: { id: item.id, type: item.type } });
    const own = item.type === "user_message";
    const place = this.items.findLastIndex((each) => each.id === item.id || (own && each.id === "pending"));
    if (place >= 0) this.items[place] = item;
    else this.items.push(item);
    if (!own) this.progress = null; // progress ends when the reply arrives
  }

  /** Show a failure in place of the reply, with a Retry button if `retry` is given, and emit an error event. */
  fail(error, message, retry) {
    this.failure = { message, retry };
    this.emit("error", { error });
    this.changed();
  }
}

const EVENTS = {
  "thread.created": (conversation, { thread }) => {
    conversation.thread = thread;
    conversation.emit("thread.change", { threadId: thread.id });
  },
  "thread.updated": (conversation, { thread }) => {
    conversation.thread = { ...conversation.thread, ...thread };
  },
  "thread.item.added": (conversation, { item }) => conversation.put({ ...item, streaming: true }),
  "thread.item.done": (conversation, { item }) => conversation.put(item),
  "thread.item.replaced": (conversation, { item }) => conversation.put(item),
  "thread.item.removed": (conversation, { item_id: id }) => {
    conversation.items = conversation.items.filter((item) => item.id !== id);
  },
  "thread.item.updated": (conversation, { item_id: id, update }) => {
    const item = conversation.itemOf(id);
    conversation.progress = null;
    if (!item || !applyUpdate(item, update))
      conversation.emit("log", { name: "update.unknown", data: { item_id: id, type: update?.type } });
  },
  stream_options: (conversation, { stream_options: { allow_cancel: allowCancel } }) => {
    if (conversation.turn) conversation.turn.allowCancel = allowCancel;
  },
  progress_update: (conversation, { icon, text }) => {
    conversation.progress = { icon, text };
  },
  client_effect: (conversation, { name, data }) => conversation.emit("effect", { name, data }),
  error: (conversation, { code, message, allow_retry: allowed }) => {
    const words = message ?? NO_WORDS;
    const error = Object.assign(new Error(words), { code });
    conversation.fail(error, words, allowed ? conversation.retryOfLast() : undefined);
  },
  notice: (conversation, { level, message, title }) => {
    conversation.notices.push({ level, message, title });
  },
};
