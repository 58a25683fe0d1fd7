/** An image that the assistant makes. */

import { h, safeImage } from "../dom.js";

export class GeneratedImage {
  constructor(item) {
    this.element = h("figure", { class: "generated-image" });
    this.update(item);
  }

  update({ image, progress, streaming }) {
    const address = image && safeImage(image.url);
    const unfinished = streaming && (!address || progress < 1);
    this.element.replaceChildren(
      ...(address ? [h("img", { src: address, alt: "Generated image" })] : [h("div", { class: "placeholder" })]),
      ...(unfinished ? [h("progress", { "aria-label": "Generating image", max: 1, value: progress })] : []),
    );
  }
}
