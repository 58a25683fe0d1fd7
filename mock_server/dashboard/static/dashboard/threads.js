import { h } from "./ui.js";
export const threadsView = () => ({ title: "threads", element: h("div", { class: "view" }, h("h1", {}, "threads")) });
