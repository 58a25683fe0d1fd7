/** The views of thread items, by item type. */

import { AssistantMessage } from "./assistant_message.js";
import { GeneratedImage } from "./generated_image.js";
import { StructuredInput } from "./structured_input.js";
import { UserMessage } from "./user_message.js";
import { WidgetItem } from "./widget_item.js";
import { TaskItem, WorkflowItem } from "./workflow.js";

const VIEWS = {
  assistant_message: AssistantMessage,
  generated_image: GeneratedImage,
  structured_input: StructuredInput,
  task: TaskItem,
  user_message: UserMessage,
  widget: WidgetItem,
  workflow: WorkflowItem,
};

/** Whether the chat shows this type of item. */
export function isShown(item) {
  return Object.hasOwn(VIEWS, item.type);
}

/** Return the view of an item: its `element`, and `update(item)` to show a new state. */
export function viewOf(item, chat) {
  return new VIEWS[item.type](item, chat);
}
