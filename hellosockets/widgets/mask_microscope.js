// @ts-check
/**
 * The page's half of MaskMicroscope: a column for each byte, and the current one bit by bit. Python
 * does the XOR; the page walks along it.
 */

import { element, fill, mirrored, prefersStillness, set, takeKeys, text } from "./dom.js";

/** @typedef {{get(name: string): any, send(message: object): void,
 *             on(name: string, listener: (message: any) => void): void}} Model */
/** @typedef {{wire: string, key: string, plain: string, character: string}} Column */
/** @typedef {{key: string[], marks: string[], columns: Column[], hidden: number}} Mask */

const TEMPO = 700; // ms a byte while it plays

class View {
  #model;
  #words;
  #root = element("div", "hs-microscope");
  #table = element("div", "hs-microscope-columns");
  #bits = element("div", "hs-microscope-bits");
  #line = element("p", "hs-microscope-line");
  #play = element("button", "hs-microscope-button");
  #bad = element("p", "hs-verdict hs-microscope-bad");
  #hidden = element("span", "hs-microscope-hidden");
  /** @type {HTMLInputElement[]} */
  #fields = [];
  /** @type {HTMLElement[]} */
  #columns = [];
  /** @type {Mask | null} */
  #mask = null;
  #at = 0;
  #timer = 0;
  #giveKeysBack;

  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    this.#model = model;
    const words = (this.#words = model.get("_strings"));
    set(this.#root, { role: "group", "aria-label": words.label });
    this.#table.tabIndex = 0;
    set(this.#table, { role: "listbox", "aria-label": words.columns, "aria-orientation": "horizontal" });
    set(this.#line, { role: "status" });
    set(this.#bad, { role: "alert" });
    this.#table.addEventListener("click", (event) => {
      const column = /** @type {Element} */ (event.target).closest("[data-index]");
      if (column instanceof HTMLElement) this.#go(Number(column.dataset.index));
    });
    const head = element("div", "hs-microscope-rows");
    for (const name of ["", words.wire, words.key, words.plain, words.text]) {
      head.append(element("span", "", name));
    }
    const both = element("div", "hs-microscope-table");
    both.append(head, this.#table, this.#hidden);
    this.#root.append(both, this.#bits, this.#line, this.#controls(), this.#bad);
    el.append(this.#root);
    this.#giveKeysBack = takeKeys(this.#root, (event) => this.#press(event));
  }

  /** @param {any} message */
  hear(message) {
    if (message.type === "columns") this.show(message);
    else this.complain(message.text);
  }

  remove() {
    this.#stop();
    this.#giveKeysBack();
    this.#root.remove();
  }

  /** @param {Mask} mask */
  show(mask) {
    this.#mask = mask;
    text(this.#bad, "");
    this.#fields.forEach((field, i) => {
      field.value = mask.key[i];
      set(field, { "aria-label": fill(this.#words.key_byte, { n: i, mark: mask.marks[i] }) });
      const mark = field.previousElementSibling;
      if (mark) text(mark, mask.marks[i]);
    });
    if (this.#columns.length !== mask.columns.length) this.#makeColumns(mask.columns.length);
    mask.columns.forEach(({ wire, key, plain, character }, i) => {
      const mark = mask.marks[i % 4];
      const says = { n: i, wire, key: `${mark} ${key}`, plain, character };
      set(this.#columns[i], { "aria-label": fill(this.#words.byte, says) });
      [String(i), wire, `${mark} ${key}`, plain, character].forEach((each, line) => {
        text(this.#columns[i].children[line], each);
      });
    });
    text(this.#hidden, mask.hidden ? fill(this.#words.hidden, { n: mask.hidden }) : "");
    this.#draw();
  }

  /** @param {string} sentence */
  complain(sentence) {
    text(this.#bad, sentence);
  }

  #controls() {
    const { back, step, change, key_label: label } = this.#words;
    const controls = element("div", "hs-microscope-controls");
    const button = (/** @type {string} */ says, /** @type {() => void} */ act) => {
      const made = element("button", "hs-microscope-button", says);
      made.addEventListener("click", act);
      return made;
    };
    this.#play.addEventListener("click", () => this.#togglePlay());
    const key = element("fieldset", "hs-microscope-key");
    key.append(element("legend", "", label));
    for (let i = 0; i < 4; i++) {
      const field = element("input", `hs-microscope-field hs-key-${i}`);
      field.maxLength = 8;
      field.spellcheck = false;
      field.autocomplete = "off";
      field.addEventListener("change", () => {
        this.#model.send({ type: "key", index: i, text: field.value });
      });
      key.append(element("span", "hs-microscope-mark"), field);
      this.#fields.push(field);
    }
    key.append(button(change, () => this.#model.send({ type: "another" })));
    controls.append(
      button(back, () => this.#go(this.#at - 1)),
      button(step, () => this.#go(this.#at + 1)),
      this.#play,
      key,
    );
    return controls;
  }

  /** @param {number} count */
  #makeColumns(count) {
    this.#columns = Array.from({ length: count }, (_, i) => {
      const column = element("div", `hs-microscope-column hs-microscope-key-${i % 4}`);
      column.id = `hs-microscope-${Math.random().toString(36).slice(2)}`;
      column.dataset.index = String(i);
      set(column, { role: "option" });
      column.append(
        element("span", "hs-microscope-index"),
        element("code", "hs-microscope-wire"),
        element("code", `hs-key-${i % 4}`),
        element("code", "hs-microscope-plain"),
        element("code", "hs-microscope-character"),
      );
      return column;
    });
    this.#table.replaceChildren(...this.#columns);
  }

  #draw() {
    const mask = this.#mask;
    const column = mask?.columns[this.#at];
    this.#columns.forEach((each, i) => {
      set(each, { "aria-selected": String(i === this.#at) });
      each.classList.toggle("hs-microscope-done", i < this.#at);
    });
    text(this.#play, this.#timer ? this.#words.pause : this.#words.play);
    if (!mask || !column) {
      this.#line.textContent = mask ? this.#words.empty : "";
      this.#bits.replaceChildren();
      return;
    }
    set(this.#table, { "aria-activedescendant": this.#columns[this.#at].id });
    this.#columns[this.#at].scrollIntoView({ block: "nearest", inline: "nearest" });
    const mark = mask.marks[this.#at % 4];
    const { wire, key, plain, character } = column;
    this.#drawBits([
      [this.#words.wire, wire, ""],
      [`${this.#words.key} ${mark}`, key, ""],
      [this.#words.plain, plain, character],
    ]);
    const size = mask.columns.length + mask.hidden;
    const place = fill(this.#words.position, { n: this.#at, size, i: this.#at % 4, mark });
    text(this.#line, `${place}. ${this.#words.equal}`);
  }

  /** @param {string[][]} rows name, byte in hex, character */
  #drawBits(rows) {
    this.#bits.replaceChildren(
      ...rows.flatMap(([name, hex, character], line) => {
        const bits = parseInt(hex, 16).toString(2).padStart(8, "0");
        const cells = [...bits].map((bit, i) => {
          const differs = line === 2 && bit === "1" ? " hs-microscope-one" : "";
          return element("code", `hs-microscope-bit${i === 4 ? " hs-microscope-gap" : ""}${differs}`, bit);
        });
        const says = element("code", "hs-microscope-hex", `${hex} ${character}`);
        return [element("span", "hs-microscope-name", name), ...cells, says];
      }),
    );
    this.#bits.lastElementChild?.classList.add("hs-microscope-result");
  }

  /** @param {number} index */
  #go(index) {
    const last = this.#columns.length - 1;
    this.#at = Math.max(0, Math.min(index, last));
    if (this.#at === last) this.#stop();
    this.#draw();
  }

  #togglePlay() {
    if (this.#timer) this.#stop();
    else if (prefersStillness()) this.#go(this.#columns.length - 1);
    else {
      if (this.#at === this.#columns.length - 1) this.#at = 0;
      this.#timer = setInterval(() => this.#go(this.#at + 1), TEMPO);
    }
    this.#draw();
  }

  #stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.target !== this.#table) return event.key !== "Tab" && event.key !== "Escape";
    /** @type {Record<string, number>} */
    const goals = {
      ArrowLeft: this.#at - 1,
      ArrowRight: this.#at + 1,
      Home: 0,
      End: this.#columns.length - 1,
    };
    if (!(event.key in goals)) return false;
    event.preventDefault();
    this.#go(goals[event.key]);
    return true;
  }
}

export default mirrored("columns", (model, el) => new View(model, el));
