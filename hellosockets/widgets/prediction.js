// @ts-check
/**
 * The page's half of Prediction: a group of radio buttons and what each answer has to say.
 * The pick stays in the page: nothing here sends or saves anything.
 */

import { element } from "./dom.js";

/** @typedef {{text: string, why: string, right: boolean}} Option */
/** @typedef {{get(name: string): any}} Model */

const LETTERS = "ABCD";
const KEYS = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Enter", " "]);

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  const words = model.get("_strings");
  /** @type {Option[]} */
  const options = model.get("_options");
  // Each view's own: a page holds many predictions, and this module is loaded anew for each.
  const group = `hs-prediction-${Math.random().toString(36).slice(2)}`;
  let isShown = false;

  el.classList.add("hs");
  const form = element("form", "hs-prediction");
  const fieldset = element("fieldset", "");
  const legend = element("legend", "");
  const title = element("span", "hs-prediction-title", words.title);
  const question = element("span", "hs-prediction-question");
  question.append(...markedUp(model.get("_question")));
  legend.append(title, question);
  fieldset.append(legend);

  const answers = options.map((option, i) => {
    const radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: group, value: LETTERS[i], id: `${group}-${i}` });
    const label = document.createElement("label");
    label.htmlFor = radio.id;
    const letter = element("span", "hs-prediction-letter", LETTERS[i]);
    const text = element("span", "hs-prediction-text");
    text.append(...markedUp(option.text));
    label.append(radio, letter, text);
    const why = element("p", "hs-prediction-why");
    why.id = `${radio.id}-why`;
    const line = element("div", "hs-prediction-option");
    line.append(label, why);
    fieldset.append(line);
    return { option, radio, line, why };
  });

  const button = document.createElement("button");
  button.type = "submit";
  button.className = "hs-prediction-show";
  const hint = element("span", "hs-prediction-hint");
  hint.setAttribute("aria-live", "polite");
  const foot = element("div", "hs-prediction-foot");
  foot.append(button, hint);
  form.append(fieldset, foot);
  el.append(form);

  function draw() {
    const picked = answers.find(({ radio }) => radio.checked);
    button.textContent = isShown ? words.again : words.show;
    button.disabled = !picked;
    hint.textContent = picked ? "" : words.pick;
    form.classList.toggle("hs-prediction-told", isShown);
    for (const { option, radio, line, why } of answers) {
      radio.disabled = isShown;
      line.classList.toggle("hs-prediction-right", isShown && option.right);
      line.classList.toggle("hs-prediction-picked", radio.checked);
      if (!isShown) {
        why.replaceChildren();
        radio.removeAttribute("aria-describedby");
        continue;
      }
      const mark = element("strong", "", option.right ? words.right : words.wrong);
      const yours = radio.checked ? [element("em", "", words.picked)] : [];
      const says = element("span", "");
      says.append(...markedUp(option.why));
      why.replaceChildren(mark, ...yours, says);
      radio.setAttribute("aria-describedby", why.id);
    }
    if (isShown) {
      hint.textContent = answers
        .filter(({ option }) => option.right)
        .map(({ radio }) => `${radio.value} ${words.right}`)
        .join(", ");
    }
  }

  form.addEventListener("change", draw);
  form.addEventListener("submit", (event) => {
    event.preventDefault(); // nothing leaves the page
    if (isShown) for (const { radio } of answers) radio.checked = false;
    isShown = !isShown;
    draw();
    // The focus may have been on what is now disabled; lost, it would start at the page's top.
    (isShown ? button : answers[0].radio).focus();
  });
  // JupyterLab takes these keys for its cells before they reach an output; here they're ours, and
  // what they do is the browser's own business.
  /** @param {KeyboardEvent} event */
  const keep = (event) => {
    const isOurs = event.target instanceof Node && form.contains(event.target);
    const isPlain = !(event.ctrlKey || event.altKey || event.metaKey || event.shiftKey);
    if (isOurs && isPlain && KEYS.has(event.key)) event.stopImmediatePropagation();
  };
  window.addEventListener("keydown", keep, { capture: true });
  draw();
  return () => window.removeEventListener("keydown", keep, { capture: true });
}

/**
 * Texts as text nodes; what stands between backticks becomes code.
 * @param {string} text
 * @returns {(string | HTMLElement)[]}
 */
function markedUp(text) {
  const parts = text.split("`");
  if (parts.length % 2 === 0) parts.push(parts.splice(-2).join("`")); // one without a partner
  return parts.map((part, i) => (i % 2 ? element("code", "", part) : part));
}

export default { render };
