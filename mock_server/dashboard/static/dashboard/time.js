import { h } from "./ui.js";
export const timeView = () => ({ title: "time", element: h("div", { class: "view" }, h("h1", {}, "time")) });
