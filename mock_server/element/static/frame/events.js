/** The element's events, and when they are emitted. */

export const EVENTS = {
  "chatkit.ready": "the frame is ready",
  "chatkit.error": "something failed: {error}",
  "chatkit.effect": "the server sent a client effect: {name, data}",
  "chatkit.deeplink": "a chatkit-link:// link was clicked: {name, data}",
  "chatkit.response.start": "the server accepted a turn; before the turn's chatkit.thread.change",
  "chatkit.response.end": "the turn ended, including its client tool calls",
  "chatkit.history.open": "the history opened",
  "chatkit.history.close": "the history closed",
  "chatkit.thread.change": "another thread is shown: {threadId}",
  "chatkit.thread.load.start": "a thread starts to load: {threadId}",
  "chatkit.thread.load.end": "a thread was loaded or failed to load: {threadId}",
  "chatkit.tool.change": "another tool is selected: {toolId}",
  "chatkit.log": "information for the app's logs: {name, data}",
};
