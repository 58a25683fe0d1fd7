/** The frame's entry point: waits for the page to connect, and creates the chat when options arrive. */

import { Chat } from "./chat.js";
import { mayBeShown } from "./domain.js";
import { h } from "./dom.js";
import { loadIcons } from "./icons.js";
import { METHODS } from "./methods.js";
import { Line, packedError } from "../page/line.js";
import { withFunctions } from "../page/functions.js";

const base = document.documentElement.dataset.apiBase;
const icons = loadIcons();

addEventListener("message", ({ source, data, ports: [port] }) => {
  if (source === parent && data?.type === "chatkit-mock.connect" && port) connect(port);
});
parent.postMessage({ type: "chatkit-mock.there" }, "*"); // holds nothing: any page may show the chat

function connect(port) {
  const line = new Line(port, {
    setOptions: (options) => setOptions(withFunctions(options, (place, args) => line.call("option", [place, args]))),
    method: (name, args) => METHODS[name](chat, ...args),
  });
  const page = {
    emit: (name, detail) => line.tell("emit", name, detail),
    fail: (error) => line.tell("fail", packedError(error)),
  };
  const chat = new Chat({ page, line, base });
  let opened = false;

  async function setOptions(options) {
    await icons;
    try {
      chat.setOptions(options);
    } catch (error) {
      if (opened) page.fail(error);
      else refuse(error, line);
      return;
    }
    if (opened) return;
    opened = true;
    line.tell("opened");
    page.emit("ready");
    if (!(await mayBeShown(chat, await line.call("origin")))) line.tell("unmount");
  }
}

/** Show an error in the options in place of the chat, and report it to the page. */
function refuse(error, line) {
  line.tell("refused", packedError(error));
  document.body.replaceChildren(h("pre", { class: "refusal", role: "alert" }, error.message));
}
