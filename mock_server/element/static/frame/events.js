/** The events of the element, and when it emits them. */

export const EVENTS = {
  "chatkit.ready": "the frame is there",
  "chatkit.error": "something failed: {error}",
  "chatkit.effect": "the server sent a client effect: {name, data}",
  "chatkit.deeplink": "a chatkit-link:// address was clicked: {name, data}",
  "chatkit.response.start": "the server accepted a turn; before the turn's chatkit.thread.change",
  "chatkit.response.end": "the turn is over, calls of client tools included",
  "chatkit.history.open": "the history opened",
  "chatkit.history.close": "the history closed",
  "chatkit.thread.change": "another thread is shown: {threadId}",
  "chatkit.thread.load.start": "a thread is asked for: {threadId}",
  "chatkit.thread.load.end": "a thread is there, or can't be had: {threadId}",
  "chatkit.tool.change": "another tool is selected: {toolId}",
  "chatkit.log": "what an app may want to log: {name, data}",
};
