import { h } from "./ui.js";
export const requestView = () => ({ title: "request", element: h("div", { class: "view" }, h("h1", {}, "request")) });
