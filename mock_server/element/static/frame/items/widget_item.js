/** A widget as a thread item. */

import { h } from "../dom.js";
import { WidgetView } from "../widgets/index.js";

export class WidgetItem {
  constructor(item, chat) {
    this.item = item;
    this.view = new WidgetView(
      item.widget,
      chat.widgetHost((action) => chat.act(action, this.item)),
    );
    this.element = h("div", { class: "widget-item" }, this.view.element);
  }

  update(item) {
    this.item = item;
    this.view.update(item.widget);
  }
}
