// @ts-check
/**
 * The page's half of HeartbeatClock: two rings whose hands turn by themselves between two messages
 * of Python, and switches for what becomes of the answers.
 */

import { element, fill, keepKeys, mirrored, prefersStillness, set, text } from "./dom.js";

/** @typedef {{get(name: string): any, send(message: object): void,
 *             on(name: string, listener: (message: any) => void): void}} Model */
/** @typedef {{kind: string, interval: number | null, limit: number | null, next_beat: number | null,
 *             gives_up_in: number | null, expires_in: number | null, beats: number,
 *             answered: number, trips: number[], median: number | null}} Ring */
/** @typedef {{state: string, number: number, before: string | null, rings: Ring[], first: {who: string, in: number} | null,
 *             frozen: boolean, faults: Record<string, {mode: string, seconds: number,
 *             lost: number}>}} Facts */

const SVG = "http://www.w3.org/2000/svg";
const SIZE = 132; // px
const INNER = 42; // radius of the next beat
const OUTER = 58; // and of the expiry
const TICK = 100; // ms
const CALM_TICK = 1000; // ms, where less motion is asked for

/** One ring with its words. */
class RingView {
  root = element("section", "hs-clock-ring");
  #words;
  #beat = arc(INNER, "hs-clock-beat");
  #expiry = arc(OUTER, "hs-clock-expiry");
  #number = element("span", "hs-clock-number");
  #next = element("p", "hs-clock-next");
  #expires = element("p", "hs-clock-expires");
  #count = element("p", "hs-clock-count");
  #trip = element("p", "hs-clock-trip");
  #spark = document.createElementNS(SVG, "svg");

  /** @param {Record<string, string>} words @param {string} kind */
  constructor(words, kind) {
    this.#words = words;
    this.root.dataset.kind = kind;
    set(this.root, { "aria-label": words[kind] });
    const dial = document.createElementNS(SVG, "svg");
    set(dial, { viewBox: `0 0 ${SIZE} ${SIZE}`, width: `${SIZE}`, height: `${SIZE}`, "aria-hidden": "true" });
    for (const radius of [INNER, OUTER]) dial.append(circle(radius, "hs-clock-track"));
    dial.append(this.#beat, this.#expiry);
    const face = element("div", "hs-clock-face");
    face.append(dial, this.#number);
    set(this.#number, { "aria-hidden": "true" }); // said in words beside it
    set(this.#spark, { role: "img", class: "hs-clock-spark", viewBox: "0 0 160 28", width: "160", height: "28" });
    const says = element("div", "hs-clock-says");
    const title = element("p", "hs-clock-title", words[kind]);
    says.append(title, this.#next, this.#expires, this.#count, this.#trip, this.#spark);
    this.root.append(face, says);
  }

  /** @param {Ring} ring @param {number} passed seconds since Python said so */
  draw(ring, passed) {
    const left = (/** @type {number | null} */ seconds) =>
      seconds === null ? null : Math.max(0, seconds - passed);
    const [beat, late, expiry] = [left(ring.next_beat), left(ring.gives_up_in), left(ring.expires_in)];
    const isOff = ring.interval === null && !ring.beats;
    this.root.classList.toggle("hs-clock-off", isOff);
    const near = beat ?? late;
    turn(this.#beat, INNER, near === null ? 0 : near / (late === null ? ring.interval ?? 1 : waits(ring)));
    turn(this.#expiry, OUTER, expiry === null ? 0 : expiry / (ring.limit ?? 1));
    this.root.classList.toggle("hs-clock-late", late !== null);
    text(this.#number, near === null ? "–" : near.toFixed(1));
    const says = late === null ? this.#words.next : this.#words.late;
    text(this.#next, isOff ? this.#words.off : near === null ? "" : fill(says, { n: near.toFixed(1) }));
    text(this.#expires, expiry === null ? "" : fill(this.#words.expires, { n: expiry.toFixed(1) }));
  }

  /** What changes with a message alone. @param {Ring} ring */
  count(ring) {
    text(this.#count, fill(this.#words.beats, { beats: ring.beats, answered: ring.answered }));
    const { trips } = ring;
    const last = trips.at(-1);
    const says = { last: (last ?? 0).toFixed(1), median: (ring.median ?? 0).toFixed(1) };
    text(this.#trip, last === undefined ? this.#words.no_trip : fill(this.#words.trip, says));
    const rounded = trips.map((trip) => `${trip.toFixed(1)} ms`).join(", ");
    set(this.#spark, { "aria-label": fill(this.#words.trips, { n: rounded }) });
    const highest = Math.max(...trips, 0.1);
    const points = trips.map((trip, i) => {
      const x = trips.length === 1 ? 80 : 2 + (156 * i) / (trips.length - 1);
      return `${x.toFixed(1)},${(26 - (23 * trip) / highest).toFixed(1)}`;
    });
    const line = document.createElementNS(SVG, "polyline");
    set(line, { points: points.join(" ") });
    const dots = points.map((point) => {
      const [cx, cy] = point.split(",");
      const dot = document.createElementNS(SVG, "circle");
      set(dot, { cx, cy, r: "1.6" });
      return dot;
    });
    this.#spark.replaceChildren(line, ...dots);
  }
}

class View {
  #words;
  #root = element("div", "hs-clock");
  #state = element("p", "hs-clock-state");
  #rings;
  #first = element("p", "hs-clock-first");
  #switches = element("fieldset", "hs-clock-switches");
  #freeze = element("button", "hs-clock-button");
  #noWire = element("p", "hs-note");
  #bad = element("p", "hs-verdict hs-clock-bad");
  /** @type {Record<string, {mode: HTMLSelectElement, seconds: HTMLInputElement,
   *                         lost: HTMLElement}>} */
  #faults = {};
  /** @type {Facts | null} */
  #facts = null;
  #came = 0;
  #timer = 0;
  #giveKeysBack;

  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    const words = (this.#words = model.get("_strings"));
    set(this.#root, { role: "group", "aria-label": words.label });
    set(this.#state, { role: "status" });
    set(this.#bad, { role: "alert" });
    this.#rings = ["heartbeat", "ping"].map((kind) => new RingView(words, kind));
    const rings = element("div", "hs-clock-rings");
    rings.append(...this.#rings.map(({ root }) => root));
    this.#switches.append(element("legend", "", words.faults));
    for (const name of ["pongs", "replies"]) this.#switches.append(this.#fault(model, name));
    this.#freeze.addEventListener("click", () => model.send({ type: "freeze" }));
    this.#switches.append(this.#freeze);
    text(this.#noWire, words.no_wire);
    this.#root.append(this.#state, rings, this.#first, this.#switches, this.#bad, this.#noWire);
    el.append(this.#root);
    this.#giveKeysBack = keepKeys(this.#root);
    this.#timer = setInterval(() => this.#draw(), prefersStillness() ? CALM_TICK : TICK);
  }

  /** @param {any} message */
  hear(message) {
    if (message.type === "facts") this.show(message);
    else this.complain(message.text);
  }

  remove() {
    clearInterval(this.#timer);
    this.#giveKeysBack();
    this.#root.remove();
  }

  /** @param {Facts} facts */
  show(facts) {
    this.#facts = facts;
    this.#came = performance.now();
    text(this.#bad, "");
    const { state, number, before } = facts;
    const says = [this.#words[`state_${state}`]];
    if (number) says.push(fill(this.#words.connection, { n: number }));
    if (before) says.push(fill(this.#words.before, { how: this.#words[`state_${before}`] }));
    text(this.#state, says.join(", "));
    this.#state.dataset.state = facts.state;
    facts.rings.forEach((ring, i) => this.#rings[i].count(ring));
    const hasWire = Object.keys(facts.faults).length > 0;
    this.#switches.hidden = !hasWire;
    this.#noWire.hidden = hasWire;
    text(this.#freeze, facts.frozen ? this.#words.thaw : this.#words.freeze);
    set(this.#freeze, { "aria-pressed": String(facts.frozen) });
    for (const [name, { mode, seconds, lost }] of Object.entries(facts.faults)) {
      const fault = this.#faults[name];
      fault.mode.value = mode;
      if (document.activeElement !== fault.seconds && seconds) fault.seconds.value = String(seconds);
      fault.seconds.disabled = mode !== "delay";
      text(fault.lost, lost ? fill(this.#words.lost, { n: lost }) : "");
    }
    this.#draw();
  }

  /** @param {string} sentence */
  complain(sentence) {
    text(this.#bad, sentence);
  }

  #draw() {
    const facts = this.#facts;
    if (!facts) return;
    const isOpen = facts.state === "open";
    const passed = isOpen ? (performance.now() - this.#came) / 1000 : 0;
    facts.rings.forEach((ring, i) => this.#rings[i].draw(isOpen ? ring : still(ring), passed));
    const { first } = facts;
    const n = first ? Math.max(0, first.in - passed).toFixed(1) : "";
    text(this.#first, first && isOpen ? fill(this.#words.first, { who: first.who, n }) : "");
  }

  /** @param {Model} model @param {string} name */
  #fault(model, name) {
    const words = this.#words;
    const row = element("div", "hs-clock-fault");
    const mode = element("select");
    set(mode, { "aria-label": words[name] });
    for (const value of ["pass", "swallow", "delay"]) {
      const option = element("option", "", words[value]);
      option.value = value;
      mode.append(option);
    }
    const seconds = element("input", "hs-clock-seconds");
    seconds.value = "2";
    seconds.inputMode = "decimal";
    set(seconds, { "aria-label": fill(words.seconds, { name: words[name] }) });
    const send = (/** @type {string} */ how) =>
      model.send({ type: "fault", name, mode: how, seconds: seconds.value });
    mode.addEventListener("change", () => send(mode.value));
    seconds.addEventListener("change", () => send("delay"));
    const drop = element("button", "hs-clock-button", words.drop);
    set(drop, { "aria-label": fill(words.drop_label, { name: words[name] }) });
    drop.addEventListener("click", () => send("drop"));
    const lost = element("span", "hs-clock-lost");
    this.#faults[name] = { mode, seconds, lost };
    row.append(element("span", "hs-clock-name", words[name]), mode, seconds, drop, lost);
    return row;
  }
}

/** Nothing is due on a connection that is over. @param {Ring} ring @returns {Ring} */
function still(ring) {
  return { ...ring, next_beat: null, gives_up_in: null, expires_in: null };
}

/** How long an unanswered beat is waited for. @param {Ring} ring */
function waits({ kind, interval, limit }) {
  return (kind === "ping" ? limit : interval) ?? 1;
}

/** @param {number} radius @param {string} name */
function circle(radius, name) {
  const made = document.createElementNS(SVG, "circle");
  set(made, { cx: `${SIZE / 2}`, cy: `${SIZE / 2}`, r: `${radius}`, class: name });
  return made;
}

/** @param {number} radius @param {string} name */
function arc(radius, name) {
  const made = circle(radius, name);
  set(made, { transform: `rotate(-90 ${SIZE / 2} ${SIZE / 2})` });
  return made;
}

/** @param {Element} of @param {number} radius @param {number} part of the whole ring, 0 to 1 */
function turn(of, radius, part) {
  const whole = 2 * Math.PI * radius;
  const shown = Math.max(0, Math.min(1, part)) * whole;
  set(of, { "stroke-dasharray": `${shown.toFixed(1)} ${whole.toFixed(1)}` });
}

export default mirrored("facts", (model, el) => new View(model, el));
