/** The element's methods, as implemented in the frame. Each rejects with an Error if it is not possible. */

export const METHODS = {
  async focusComposer(chat) {
    if (chat.conversation.loading) throw new Error("Cannot focus the composer: a thread is loading.");
    chat.composer.focus();
  },

  async setThreadId(chat, threadId) {
    const { turn, loading } = chat.conversation;
    if (turn || loading) throw new Error(`Cannot change the thread: ${chat.conversation.hindrance}.`);
    await chat.conversation.show(threadId ?? null);
  },

  async sendUserMessage(chat, { text, content, reply, attachments, newThread, toolChoice, model } = {}) {
    const pieces = content ?? (text ? [{ type: "input_text", text }] : []);
    if (!pieces.length && !attachments?.length)
      throw new Error("sendUserMessage() requires text, content or attachments.");
    if (chat.conversation.hindrance && !(newThread && !chat.conversation.turn))
      throw new Error(`Cannot send now: ${chat.conversation.hindrance}.`);
    if (newThread) await chat.conversation.show(null);
    const options = { ...(toolChoice && { tool_choice: toolChoice }), ...(model && { model }) };
    await chat.send({ content: pieces, reply, attachments, options });
  },

  async setComposerValue(chat, value = {}) {
    await chat.composer.set(value);
  },

  async fetchUpdates(chat) {
    await chat.conversation.refresh();
    if (chat.history.element.open) await chat.history.load();
  },

  async sendCustomAction(chat, action, itemId) {
    if (!chat.conversation.threadId) throw new Error("sendCustomAction() requires a thread: send a message first.");
    await chat.conversation.act(action, itemId);
  },

  async showHistory(chat) {
    if (!chat.options.history.enabled) throw new Error("The history is disabled: set history.enabled to true.");
    await chat.history.open();
  },

  async hideHistory(chat) {
    chat.history.close();
  },
};
