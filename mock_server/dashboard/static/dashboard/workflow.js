import { h } from "./ui.js";
export const workflowView = () => ({ title: "workflow", element: h("div", { class: "view" }, h("h1", {}, "workflow")) });
