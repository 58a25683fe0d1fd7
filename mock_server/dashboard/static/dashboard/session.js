import { h } from "./ui.js";
export const sessionView = () => ({ title: "session", element: h("div", { class: "view" }, h("h1", {}, "session")) });
