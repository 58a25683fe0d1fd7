import { h } from "./ui.js";
export const faultsView = () => ({ title: "faults", element: h("div", { class: "view" }, h("h1", {}, "faults")) });
