/** The attachments of the message being written: validated, uploaded, shown. */

import { h, safeImage } from "./dom.js";
import { icon } from "./icons.js";

const DEFAULT_SIZE = 100 * 1024 * 1024; // bytes (documented)

export class Attachments {
  constructor(chat, changed) {
    this.chat = chat;
    this.changed = changed;
    this.files = [];
    this.element = h("ul", { class: "attachments", "aria-label": "Attachments", hidden: true });
    this.input = h("input", { type: "file", multiple: true, hidden: true, onchange: () => this.take() });
  }

  configure({ composer: { attachments } }) {
    this.limits = attachments;
    this.input.accept = Object.entries(attachments.accept ?? {})
      .flat(2)
      .join(",");
  }

  /** The uploaded attachments. */
  get uploaded() {
    return this.files.map(({ attachment }) => attachment).filter(Boolean);
  }

  /** Whether uploads are in progress. */
  get busy() {
    return this.files.some(({ attachment, error }) => !attachment && !error);
  }

  /** Replace the files with attachments that are uploaded already. */
  set(attachments) {
    this.clear();
    this.files = attachments.map((attachment) => ({ name: attachment.name, attachment }));
    this.draw();
  }

  clear() {
    for (const file of this.files) file.abort?.abort();
    this.files = [];
    this.draw();
  }

  choose() {
    this.input.click();
  }

  take() {
    const chosen = [...this.input.files];
    this.input.value = "";
    this.add(chosen);
  }

  /** Upload the files that are within the limits and show why others are not. Resolves when all uploads have ended. */
  add(files) {
    if (!this.limits.enabled)
      return Promise.reject(new Error("Attachments are disabled: set composer.attachments.enabled to true."));
    return Promise.all(
      [...files].map((file) => {
        const why = this.refusal(file);
        return why ? this.chat.toast(why) : this.upload(file);
      }),
    );
  }

  refusal({ name, size, type }) {
    const { maxCount, accept } = this.limits;
    if (this.files.length >= maxCount) return `You can attach up to ${maxCount} files.`;
    if (size > this.sizeFor(type)) return `${name} is too large.`;
    return accept && !accepts(accept, name, type) ? `${name} has a file type that can’t be attached.` : undefined;
  }

  sizeFor(type) {
    const { maxSize } = this.limits;
    if (typeof maxSize === "number") return maxSize;
    const [, limit] = Object.entries(maxSize).find(([pattern]) => matches(pattern, type)) ?? [];
    return limit ?? maxSize["*"] ?? maxSize[""] ?? DEFAULT_SIZE;
  }

  async upload(file) {
    const abort = new AbortController();
    const entry = {
      name: file.name,
      abort,
      progress: undefined,
      preview: file.type.startsWith("image/") ? URL.createObjectURL(file) : undefined,
    };
    this.files.push(entry);
    this.draw();
    const progress = (done) => this.update(entry, { progress: done });
    try {
      const attachment = await this.chat.transport.upload(file, { progress, signal: abort.signal });
      this.update(entry, { attachment });
    } catch (error) {
      if (abort.signal.aborted) return;
      this.update(entry, {
        error: error.status === 400 ? "This file can’t be uploaded." : (error.shown ?? "The upload failed."),
      });
      this.chat.emit("error", { error });
    }
  }

  update(entry, change) {
    Object.assign(entry, change);
    this.draw();
  }

  remove(entry) {
    entry.abort?.abort();
    this.files = this.files.filter((each) => each !== entry);
    this.draw();
    if (entry.attachment)
      this.chat.attempt(this.chat.transport.call("attachments.delete", { attachment_id: entry.attachment.id }));
  }

  draw() {
    const place = [...this.element.querySelectorAll("button")].indexOf(document.activeElement);
    this.element.hidden = this.files.length === 0;
    this.element.replaceChildren(...this.files.map((entry) => this.row(entry)));
    const buttons = this.element.querySelectorAll("button");
    if (place >= 0) (buttons[place] ?? this.chat.composer.field).focus(); // the pressed button is gone
    this.changed();
  }

  row(entry) {
    const { name, error, attachment, progress } = entry;
    const picture = safeImage(entry.preview ?? attachment?.preview_url);
    return h(
      "li",
      { class: error ? "attachment failed" : "attachment" },
      picture ? h("img", { src: picture, alt: "" }) : icon(error ? "lucide:circle-alert" : "document"),
      h("span", { class: "name" }, name),
      error && h("small", { role: "alert" }, error),
      !error && !attachment && h("progress", { "aria-label": `Uploading ${name}`, max: 1, value: progress }),
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": `Remove ${name}`, onclick: () => this.remove(entry) },
        icon("close"),
      ),
    );
  }
}

function accepts(accept, name, type) {
  return Object.entries(accept).some(
    ([pattern, endings]) =>
      matches(pattern, type) || endings.some((ending) => name.toLowerCase().endsWith(ending.toLowerCase())),
  );
}

function matches(pattern, type) {
  if (pattern === "*/*") return true;
  return pattern.endsWith("/*") ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}
