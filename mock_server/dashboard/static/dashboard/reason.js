/** A dialog for why something is done. */

import { field, h } from "./ui.js";

/** Asks for a reason, which may be left out; undefined when it is not to be done. */
export function askReason(question, words) {
  return new Promise((resolve) => {
    const input = h("input", { type: "text", name: "reason" });
    const form = h(
      "form",
      { method: "dialog", class: "asking" },
      field("Reason", input, "The chat shows it to the user. It can be left out."),
      h(
        "div",
        { class: "buttons" },
        h(
          "button",
          { type: "button", class: "button", data: { tone: "plain" }, onclick: () => dialog.close() },
          "Cancel",
        ),
        h("button", { class: "button", value: "yes", data: { tone: "primary" } }, words),
      ),
    );
    const dialog = h("dialog", { class: "dialog", "aria-label": question }, h("h2", {}, question), form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? input.value.trim() : undefined);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
