import { h } from "./ui.js";
export const workflowsView = () => ({ title: "workflows", element: h("div", { class: "view" }, h("h1", {}, "workflows")) });
