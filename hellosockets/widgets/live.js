// @ts-check
/** The page's half of Live: a picture that Python drew, and what it is of. */

import { element, markup, set } from "./dom.js";

/** @param {{model: {get(name: string): any}, el: HTMLElement}} context */
function render({ model, el }) {
  el.classList.add("hs");
  const root = element("div", "hs-live");
  const says = element("p", "hs-live-says");
  says.append(element("strong", "", model.get("_strings").live), ` ${model.get("_says")}`);
  set(root, { role: "group", "aria-label": model.get("_says") });
  root.append(says, ...markup(model.get("_html")));
  el.append(root);
}

export default { render };
