import { h } from "./ui.js";
export const requestsView = () => ({ title: "requests", element: h("div", { class: "view" }, h("h1", {}, "requests")) });
