// @ts-check
/**
 * The page's half of Bench: the controls, and the picture that Python draws of their values.
 * While one picture is on its way, only the newest value of each control waits for the next.
 */

import { element, fill, keepKeys, markup, mirrored, set, text } from "./dom.js";

/** @typedef {{get(name: string): any, send(message: object): void}} Model */
/** @typedef {{name: string, kind: string, label: string, low: number, high: number, step: number,
 *             options: string[], longest: number}} Control */
/** @typedef {{values: Record<string, any>, html: string, reached: boolean}} Drawn */

class View {
  #model;
  #words;
  #root = element("div", "hs-bench");
  #picture = element("div", "hs-bench-picture");
  #state = element("p", "hs-bench-state");
  #bad = element("p", "hs-verdict hs-bench-bad");
  /** Each control's way to show a value. @type {Map<string, (value: any) => void>} */
  #show = new Map();
  /** What waits to be sent. @type {Map<string, any>} */
  #waiting = new Map();
  #isBusy = false;
  #giveKeysBack;

  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    this.#model = model;
    this.#words = model.get("_strings");
    const goal = element("p", "hs-bench-goal");
    goal.append(
      element("strong", "hs-bench-title", this.#words.title),
      ` ${model.get("_goal").replaceAll("`", "")}`,
    );
    goal.id = `hs-bench-${Math.random().toString(36).slice(2)}`;
    set(this.#root, { role: "group", "aria-labelledby": goal.id });
    set(this.#state, { role: "status" });
    set(this.#bad, { role: "alert" });
    const controls = element("div", "hs-bench-controls");
    for (const control of model.get("_controls")) controls.append(this.#make(control));
    this.#root.append(goal, controls, this.#state, this.#bad, this.#picture);
    el.append(this.#root);
    this.#giveKeysBack = keepKeys(this.#root);
  }

  /** @param {any} message */
  hear(message) {
    this.#isBusy = false;
    if (message.type === "bad") text(this.#bad, message.text);
    else if (message.type === "problem") text(this.#bad, message.text);
    else this.#draw(message);
    this.#sendNext();
  }

  remove() {
    this.#giveKeysBack();
    this.#root.remove();
  }

  /** @param {Drawn} drawn */
  #draw({ values, html, reached }) {
    text(this.#bad, "");
    for (const [name, value] of Object.entries(values)) {
      if (!this.#waiting.has(name)) this.#show.get(name)?.(value);
    }
    this.#picture.replaceChildren(...markup(html));
    const sign = reached ? this.#words.reached_sign : this.#words.open_sign;
    const state = reached ? this.#words.reached : this.#words.open;
    text(this.#state, fill(this.#words.state, { sign, state }));
    this.#root.classList.toggle("hs-bench-reached", reached);
  }

  /** @param {string} name @param {any} value */
  #send(name, value) {
    this.#waiting.set(name, value);
    if (!this.#isBusy) this.#sendNext();
  }

  #sendNext() {
    const [next] = this.#waiting;
    if (!next) return;
    this.#waiting.delete(next[0]);
    this.#isBusy = true;
    this.#model.send({ type: "set", name: next[0], value: next[1] });
  }

  /** @param {Control} control @returns {HTMLElement} */
  #make(control) {
    const label = element("label", `hs-bench-control hs-bench-${control.kind}`);
    const heading = element("span", "hs-bench-label", control.label);
    const parts = this.#makeFields(control);
    label.append(...(control.kind === "toggle" ? [...parts, heading] : [heading, ...parts]));
    return label;
  }

  /** @param {Control} control @returns {HTMLElement[]} */
  #makeFields(control) {
    const { name, label } = control;
    if (control.kind === "choice") {
      const select = element("select");
      for (const option of control.options) select.append(new Option(option, option));
      select.addEventListener("change", () => this.#send(name, select.value));
      this.#show.set(name, (value) => (select.value = value));
      return [select];
    }
    const field = element("input");
    field.autocomplete = "off";
    if (control.kind === "toggle") {
      field.type = "checkbox";
      field.addEventListener("change", () => this.#send(name, field.checked));
      this.#show.set(name, (value) => (field.checked = value));
      return [field];
    }
    if (control.kind === "entry") {
      field.type = "text";
      field.maxLength = control.longest;
      field.spellcheck = false;
      field.addEventListener("input", () => this.#send(name, field.value));
      this.#show.set(name, (value) => write(field, value));
      return [field];
    }
    const slider = element("input");
    slider.type = "range";
    field.type = "number";
    set(field, { "aria-label": label });
    set(slider, { "aria-label": label });
    for (const each of [slider, field]) {
      set(each, { min: `${control.low}`, max: `${control.high}`, step: `${control.step}` });
      each.addEventListener("input", () => {
        if (each.value !== "") this.#send(name, each.valueAsNumber);
      });
    }
    field.step = "any"; // whoever types a number may type any
    this.#show.set(name, (value) => {
      if (document.activeElement !== slider) slider.value = `${value}`;
      write(field, `${value}`);
    });
    return [slider, field];
  }
}

/** Leave a field alone while somebody writes in it. @param {HTMLInputElement} field
 * @param {string} value */
function write(field, value) {
  if (field.value !== value && document.activeElement !== field) field.value = value;
}

export default mirrored("drawn", (model, el) => new View(model, el));
