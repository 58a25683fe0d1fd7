import { h } from "./ui.js";
export const threadView = () => ({ title: "thread", element: h("div", { class: "view" }, h("h1", {}, "thread")) });
