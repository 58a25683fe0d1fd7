import { h } from "./ui.js";
export const demoView = () => ({ title: "demo", element: h("div", { class: "view" }, h("h1", {}, "demo")) });
