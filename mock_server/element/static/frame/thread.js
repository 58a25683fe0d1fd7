/** Updates of a thread's items by stream events. */

/** The item types in the official type definitions. */
export const ITEM_TYPES = new Set([
  "assistant_message",
  "client_tool_call",
  "end_of_turn",
  "generated_image",
  "structured_input",
  "task",
  "user_message",
  "widget",
  "workflow",
]);

const MOST = 10_000; // maximum number of content parts of a message and tasks of a workflow

/** Apply the update of a `thread.item.updated` event to an item. Returns false if its type is unknown. */
export function applyUpdate(item, update) {
  if (!Object.hasOwn(UPDATES, update.type)) return false;
  UPDATES[update.type](item, update);
  return true;
}

const UPDATES = {
  "assistant_message.content_part.added": (item, { content_index: index, content }) => {
    partOf(item, index);
    item.content[index] = content;
  },
  "assistant_message.content_part.text_delta": (item, { content_index: index, delta }) => {
    partOf(item, index).text += delta;
  },
  "assistant_message.content_part.annotation_added": (item, { content_index: index, annotation }) => {
    const part = partOf(item, index);
    part.annotations = [...(part.annotations ?? []), annotation];
  },
  "assistant_message.content_part.done": (item, { content_index: index, content }) => {
    partOf(item, index);
    item.content[index] = content;
  },
  "widget.streaming_text.value_delta": (item, { component_id: id, delta, done }) => {
    item.widget = withComponent(item.widget, id, (component) => ({
      ...component,
      value: (component.value ?? "") + delta,
      streaming: !done,
    }));
  },
  "widget.root.updated": (item, { widget }) => {
    item.widget = widget;
  },
  "widget.component.updated": (item, { component_id: id, component }) => {
    item.widget = withComponent(item.widget, id, () => component);
  },
  "workflow.task.added": (item, { task_index: index, task }) => {
    item.workflow.tasks[placeOf(index)] = task;
  },
  "workflow.task.updated": (item, { task_index: index, task }) => {
    item.workflow.tasks[placeOf(index)] = task;
  },
  "generated_image.updated": (item, { image, progress }) => {
    Object.assign(item, { image, progress });
  },
};

/** Return a content part of a message; create it and those before it if needed. */
function partOf(item, index) {
  item.content ??= [];
  while (item.content.length <= placeOf(index)) item.content.push({ type: "output_text", text: "", annotations: [] });
  return item.content[index];
}

/** Return a valid index: never a property name from the server. Throws RangeError. */
function placeOf(index) {
  if (!Number.isInteger(index) || index < 0 || index > MOST) throw new RangeError(`${index} is not a valid index`);
  return index;
}

function withComponent(component, id, change) {
  if (component === null || typeof component !== "object") return component;
  if (component.id === id) return change(component);
  const { children } = component;
  if (Array.isArray(children)) {
    const changed = children.map((child) => withComponent(child, id, change));
    return changed.every((child, index) => child === children[index]) ? component : { ...component, children: changed };
  }
  if (children === undefined) return component;
  const changed = withComponent(children, id, change); // of a Transition
  return changed === children ? component : { ...component, children: changed };
}
