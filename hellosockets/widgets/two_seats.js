// @ts-check
/**
 * The page's half of TwoSeats: two lanes, and an arrow for each step from where it was sent to where
 * it arrived. The steps are a list to walk through; the arrows are a drawing behind it.
 */

import { Drawing, element, fill, mirrored, set, takeKeys, text } from "./dom.js";

/** @typedef {{get(name: string): any, send(message: object): void,
 *             on(name: string, listener: (message: any) => void): void}} Model */
/** @typedef {{key: string, kind: string, speaker: string, label: string, sent: number | null,
 *             arrived: number | null, size: number, chunks: number}} Step */
/** @typedef {{steps: Step[], sees_both: boolean, dropped: number}} Steps */

const SVG = "http://www.w3.org/2000/svg";
const ROW = 30; // px between two steps that stand evenly
const LEAST = 15; // px between two labels
const TOP = 14;
const LEFT = 0.2; // where the lanes stand, as parts of the width
const RIGHT = 0.8;
const TALLEST = 1600; // px, of a picture to scale

class View {
  #model;
  #words;
  #root = element("div", "hs-seats");
  #plot = element("div", "hs-seats-plot");
  #list = element("div", "hs-seats-list");
  #arrows = document.createElementNS(SVG, "svg");
  #scale = element("input");
  #note = element("p", "hs-seats-note");
  #facts = element("p", "hs-seats-facts");
  /** @type {Map<string, HTMLElement>} */
  #items = new Map();
  /** @type {Steps} */
  #data = { steps: [], sees_both: true, dropped: 0 };
  /** @type {string | null} */
  #selected = null;
  #name = `hs-seats-${Math.random().toString(36).slice(2)}`;
  #drawing = new Drawing(() => this.#draw());
  #sizes = new ResizeObserver(() => this.#drawing.ask());
  #giveKeysBack;

  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    this.#model = model;
    const words = (this.#words = model.get("_strings"));
    set(this.#root, { role: "group", "aria-label": words.label });
    const head = element("div", "hs-seats-head");
    head.append(
      element("span", "hs-client", words.client),
      element("span", "hs-server", words.server),
    );
    set(this.#arrows, { "aria-hidden": "true" });
    this.#list.tabIndex = 0;
    set(this.#list, { role: "listbox", "aria-label": words.steps });
    this.#list.addEventListener("click", (event) => {
      const item = /** @type {Element} */ (event.target).closest("[data-key]");
      if (item instanceof HTMLElement) this.#select(item.dataset.key ?? "");
    });
    this.#plot.append(this.#arrows, this.#list);
    this.#scale.type = "checkbox";
    this.#scale.addEventListener("change", () => this.#drawing.now());
    const scale = element("label", "hs-seats-scale");
    scale.append(this.#scale, element("span", "", words.scale));
    set(this.#facts, { role: "status" });
    this.#root.append(scale, head, this.#plot, this.#facts, this.#note);
    el.append(this.#root);
    this.#giveKeysBack = takeKeys(this.#root, (event) => this.#press(event));
    this.#sizes.observe(this.#plot);
  }

  /** @param {any} message */
  hear(message) {
    if (message.type === "steps") this.show(message);
  }

  remove() {
    this.#giveKeysBack();
    this.#sizes.disconnect();
    this.#drawing.stop();
    this.#root.remove();
  }

  /** @param {Steps} data */
  show(data) {
    this.#data = data;
    this.#drawing.ask();
  }

  #draw() {
    const { steps, sees_both: seesBoth, dropped } = this.#data;
    const places = this.#places();
    const height = TOP + Math.max(ROW, ...places.map(([sent, arrived]) => Math.max(sent, arrived)));
    this.#plot.style.height = `${height + ROW}px`;
    const wanted = new Set(steps.map(({ key }) => key));
    for (const [key, item] of this.#items) {
      if (wanted.has(key)) continue;
      item.remove();
      this.#items.delete(key);
    }
    let before = -Infinity;
    steps.forEach((step, i) => {
      const item = this.#item(step);
      const y = (places[i][0] + places[i][1]) / 2;
      const isSelected = step.key === this.#selected;
      item.style.top = `${TOP + y - 9}px`;
      // Where labels would lie over each other, the arrow alone stays; a selected one always speaks.
      item.classList.toggle("hs-seats-quiet", y - before < LEAST && !isSelected);
      if (y - before >= LEAST) before = y;
      set(item, { "aria-selected": String(isSelected) });
    });
    this.#drawArrows(places, height + ROW);
    const selected = this.#selected === null ? undefined : this.#items.get(this.#selected);
    if (selected) set(this.#list, { "aria-activedescendant": selected.id });
    const notes = [];
    if (!steps.length) notes.push(this.#words.empty);
    if (!seesBoth) notes.push(this.#words.one);
    if (dropped) notes.push(fill(this.#words.dropped, { n: dropped }));
    text(this.#note, notes.join(" "));
    text(this.#facts, this.#say());
  }

  /** Where each step begins and ends, in px from the top. @returns {[number, number][]} */
  #places() {
    const { steps } = this.#data;
    const times = steps.flatMap(({ sent, arrived }) => [sent, arrived]).filter((t) => t !== null);
    const first = Math.min(...times);
    const span = Math.max(...times) - first || 1;
    if (this.#scale.checked) {
      const height = Math.min(TALLEST, Math.max(300, steps.length * ROW));
      const at = (/** @type {number | null} */ time) =>
        time === null ? height : (height * (time - first)) / span;
      return steps.map(({ sent, arrived }) => [at(sent), at(arrived)]);
    }
    return steps.map(({ sent, arrived, kind }, i) => {
      const way = sent === null || arrived === null || kind === "call" ? 0 : arrived - sent;
      return [i * ROW, i * ROW + (way > 0.0005 ? Math.min(ROW * 0.7, 4 + 40 * way) : 0)];
    });
  }

  /** @param {Step} step */
  #item(step) {
    let item = this.#items.get(step.key);
    if (!item) {
      item = element("div", `hs-seats-step hs-seats-${step.kind}`);
      item.dataset.key = step.key;
      item.id = `${this.#name}-${this.#items.size}-${Math.random().toString(36).slice(2)}`;
      set(item, { role: "option" });
      item.append(element("span", "hs-seats-label"));
      this.#items.set(step.key, item);
      this.#list.append(item);
    }
    const label = step.kind === "call" ? fill(this.#words.call, { what: step.label }) : step.label;
    text(/** @type {Element} */ (item.firstElementChild), label);
    set(item, { "aria-label": `${this.#words[`speaker_${step.speaker}`]}, ${label}` });
    return item;
  }

  /** @param {[number, number][]} places @param {number} height */
  #drawArrows(places, height) {
    const width = this.#plot.clientWidth;
    set(this.#arrows, { width: String(width), height: String(height) });
    const [client, server] = [width * LEFT, width * RIGHT];
    const lines = [client, server].map((x) => line(x, 0, x, height, "hs-seats-lane"));
    this.#data.steps.forEach((step, i) => {
      const isClient = step.speaker === "client";
      const [from, to] = isClient ? [client, server] : [server, client];
      const [sent, arrived] = places[i].map((y) => y + TOP);
      const colour = `hs-seats-of-${step.speaker}`;
      const chosen = step.key === this.#selected ? " hs-seats-chosen" : "";
      if (step.kind === "call") {
        lines.push(line(from - 46, sent, from - 4, sent, `${colour} hs-seats-called${chosen}`));
        return;
      }
      const end = step.arrived === null ? from + (to - from) * 0.6 : to;
      const dashed = step.kind === "end" ? " hs-seats-dashed" : "";
      lines.push(line(from, sent, end, arrived, `${colour}${dashed}${chosen}`));
      lines.push(head(from, sent, end, arrived, colour));
      // A tick for each further TCP chunk in which it came.
      for (let chunk = 1; chunk < Math.min(step.chunks, 12); chunk++) {
        const part = 1 - chunk * 0.02;
        const [x, y] = [from + (end - from) * part, sent + (arrived - sent) * part];
        lines.push(line(x, y - 4, x, y + 4, colour));
      }
    });
    this.#arrows.replaceChildren(...lines);
  }

  #say() {
    const step = this.#data.steps.find(({ key }) => key === this.#selected);
    if (!step) return this.#data.steps.length ? this.#words.hint : "";
    const { kind, label, size, chunks } = step;
    const seconds = (/** @type {number | null} */ time) => (time === null ? "?" : time.toFixed(3));
    const way = step.sent === null || step.arrived === null ? 0 : step.arrived - step.sent;
    const values = {
      speaker: this.#words[`speaker_${step.speaker}`],
      label,
      bytes: size,
      chunks,
      sent: seconds(step.sent),
      arrived: seconds(step.arrived),
      way: (1000 * Math.max(0, way)).toFixed(1),
    };
    if (kind === "call") return fill(this.#words.called, values);
    if (step.arrived === null) return fill(this.#words.on_its_way, values);
    return fill(kind === "end" ? this.#words.ended : this.#words.facts, values);
  }

  /** @param {string} key */
  #select(key) {
    this.#selected = key;
    this.#model.send({ type: "select", key });
    this.#drawing.now();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.target !== this.#list) return event.key !== "Tab" && event.key !== "Escape";
    const { steps } = this.#data;
    const at = steps.findIndex(({ key }) => key === this.#selected);
    const last = steps.length - 1;
    /** @type {Record<string, number>} */
    const goals = { ArrowDown: at + 1, ArrowUp: at < 0 ? last : at - 1, Home: 0, End: last };
    if (!(event.key in goals)) return false;
    event.preventDefault();
    const step = steps[Math.min(Math.max(goals[event.key], 0), last)];
    if (!step) return true;
    this.#select(step.key);
    this.#items.get(step.key)?.scrollIntoView({ block: "nearest" });
    return true;
  }
}

/** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2
 * @param {string} name */
function line(x1, y1, x2, y2, name) {
  const made = document.createElementNS(SVG, "line");
  set(made, { x1: `${x1}`, y1: `${y1}`, x2: `${x2}`, y2: `${y2}`, class: name });
  return made;
}

/** The point of an arrow. @param {number} x1 @param {number} y1 @param {number} x2
 * @param {number} y2 @param {string} name */
function head(x1, y1, x2, y2, name) {
  const made = document.createElementNS(SVG, "polygon");
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const at = (/** @type {number} */ turn) =>
    `${x2 - 9 * Math.cos(angle + turn)},${y2 - 9 * Math.sin(angle + turn)}`;
  set(made, { points: `${x2},${y2} ${at(0.4)} ${at(-0.4)}`, class: `${name} hs-seats-head-of` });
  return made;
}

export default mirrored("steps", (model, el) => new View(model, el));
