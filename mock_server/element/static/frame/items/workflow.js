/** Workflow items, such as reasoning, and single tasks. */

import { h, safeLink } from "../dom.js";
import { icon } from "../icons.js";
import { Markdown } from "../markdown.js";

const ICONS = { custom: "dot", web_search: "search", thought: "lightbulb", file: "document", image: "square-image" };

export class WorkflowItem {
  constructor(item, chat) {
    this.locale = chat.options.locale;
    this.summary = h("summary");
    this.tasks = h("ol", { class: "tasks" });
    this.element = h("details", { class: "workflow", open: Boolean(item.workflow.expanded) }, this.summary, this.tasks);
    this.update(item);
  }

  update({ workflow, streaming }) {
    const tasks = (workflow.tasks ?? []).filter(Boolean);
    const working = Boolean(streaming) && !workflow.summary;
    this.summary.replaceChildren(
      working
        ? h("span", { class: "spinner", "aria-hidden": "true" })
        : icon(workflow.summary?.icon ?? (workflow.type === "reasoning" ? "lightbulb" : "check-circle")),
      h("span", { class: working ? "working" : "" }, titleOf(workflow, tasks, working, this.locale)),
      ...(tasks.length ? [icon("chevron-right")] : []),
    );
    this.tasks.replaceChildren(...tasks.map((task) => h("li", {}, drawTask(task))));
  }
}

export class TaskItem {
  constructor(item) {
    this.element = h("div", { class: "task-item" });
    this.update(item);
  }

  update({ task }) {
    this.element.replaceChildren(drawTask(task));
  }
}

function titleOf({ type, summary }, tasks, working, locale) {
  if (summary?.title) return summary.title;
  if (summary?.duration !== undefined)
    return `${type === "reasoning" ? "Thought" : "Worked"} for ${seconds(summary.duration, locale)}`;
  const words = type === "reasoning" ? ["Thinking", "Thought"] : ["Working", "Worked"];
  return tasks.at(-1)?.title ?? words[working ? 0 : 1];
}

function seconds(duration, locale) {
  return new Intl.NumberFormat(locale, { style: "unit", unit: "second", unitDisplay: "long" }).format(duration);
}

function drawTask(task) {
  const status = task.status_indicator;
  return h(
    "div",
    { class: "task" },
    status === "loading"
      ? h("span", { class: "spinner", role: "img", "aria-label": "Running" })
      : icon(status === "complete" ? "check" : (task.icon ?? ICONS[task.type] ?? "dot")),
    h("div", {}, h("div", { class: "title" }, task.title ?? task.title_query ?? ""), drawContent(task)),
  );
}

function drawContent({ content, queries = [], sources = [] }) {
  const drawn = [];
  if (content) {
    const markdown = new Markdown();
    markdown.set(content);
    drawn.push(markdown.element);
  }
  if (queries.length)
    drawn.push(
      h(
        "ul",
        { class: "queries" },
        queries.map((query) => h("li", {}, icon("search"), query)),
      ),
    );
  if (sources.length)
    drawn.push(
      h(
        "ul",
        { class: "found" },
        sources.map((source) => h("li", {}, drawSource(source))),
      ),
    );
  return drawn;
}

function drawSource({ type, url, title, filename }) {
  const address = type === "url" && safeLink(url);
  if (address)
    return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, icon("globe"), title || address);
  return h("span", {}, icon("document"), title || filename);
}
