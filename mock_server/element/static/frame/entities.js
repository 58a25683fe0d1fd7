/** The app's entities: tags in messages and citations, with clicks and previews. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { WidgetView } from "./widgets/index.js";

/** Return a tag: a button if the app handles clicks or previews, else plain text. */
export function entityButton(entity, chat, label = entity.title) {
  const { onClick, onRequestPreview } = chat.options.entities;
  const sign = entity.icon ? icon(entity.icon) : null;
  if (entity.interactive === false || !(onClick || onRequestPreview)) return h("span", { class: "tag" }, sign, label);
  const plain = {
    id: entity.id,
    title: entity.title,
    icon: entity.icon,
    group: entity.group,
    data: entity.data ?? {},
    interactive: true,
  };
  const button = h("button", { type: "button", class: "tag", onclick: () => onClick?.(plain) }, sign, label);
  if (onRequestPreview) addPreview(button, () => onRequestPreview(plain), chat);
  return button;
}

function addPreview(button, request, chat) {
  let shown;
  const hide = () => {
    shown?.remove();
    shown = undefined;
  };
  const show = async () => {
    const wanted = (shown ??= h("div", { class: "preview", role: "tooltip" }));
    const { preview } = (await request().catch(() => null)) ?? {};
    if (!preview || shown !== wanted || wanted.isConnected) return;
    wanted.append(new WidgetView(preview, { ...chat.widgetHost(), act: async () => {} }).element);
    button.after(wanted);
  };
  button.addEventListener("mouseenter", show);
  button.addEventListener("focus", show);
  button.addEventListener("mouseleave", hide);
  button.addEventListener("blur", hide);
  button.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
}
