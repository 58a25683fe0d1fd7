/** Dictation: records audio and has the server transcribe it. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

export class Dictation {
  /** `take(text)` gets the transcript. */
  constructor(chat, take) {
    this.chat = chat;
    this.take = take;
    this.element = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "Dictate",
        "aria-pressed": "false",
        onclick: () => this.toggle(),
      },
      icon("lucide:mic"),
    );
  }

  toggle() {
    return this.recorder?.state === "recording" ? this.recorder.stop() : this.record();
  }

  async record() {
    try {
      const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
      const pieces = [];
      this.recorder = new MediaRecorder(sound);
      this.recorder.ondataavailable = ({ data }) => pieces.push(data);
      this.recorder.onstop = () => this.finish(sound, new Blob(pieces, { type: this.recorder.mimeType }));
      this.recorder.start();
      this.element.setAttribute("aria-pressed", "true");
    } catch (error) {
      this.chat.toast("The microphone is not available.");
      this.chat.emit("error", { error });
    }
  }

  async finish(sound, recording) {
    for (const track of sound.getTracks()) track.stop();
    this.element.setAttribute("aria-pressed", "false");
    const params = { audio_base64: await base64Of(recording), mime_type: recording.type };
    const answer = await this.chat.attempt(this.chat.transport.call("input.transcribe", params));
    if (answer) this.take(answer.text);
  }
}

async function base64Of(blob) {
  const reader = new FileReader();
  const read = new Promise((resolve) => reader.addEventListener("load", () => resolve(reader.result)));
  reader.readAsDataURL(blob);
  return (await read).split(",", 2)[1];
}
