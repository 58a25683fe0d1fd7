/** A dialog that asks for a reason. */

import { field, h } from "./ui.js";

/** Ask for an optional reason. Resolves to the text, "" for none, or undefined if the user cancels. */
export function askReason(question, words) {
  return new Promise((resolve) => {
    const input = h("input", { type: "text", name: "reason" });
    const form = h(
      "form",
      { method: "dialog", class: "asking" },
      field("Reason", input, "Optional. The chat shows it to the user."),
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
