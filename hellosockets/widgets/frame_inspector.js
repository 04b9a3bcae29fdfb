// @ts-check
/**
 * The page's half of FrameInspector: three rulers over one frame. Whatever the reader points at, by
 * the mouse or by the focus, lights up in all three, and one line says what it is.
 */

import { element, fill, mirrored, set, takeKeys, text } from "./dom.js";

/** @typedef {{get(name: string): any, send(message: object): void,
 *             on(name: string, listener: (message: any) => void): void}} Model */
/** @typedef {{name: string, clause: string, says: string, data: string, meaning: string,
 *             start: number, size: number}} Part */
/** @typedef {{speaker: string, title: string, verdicts: string[], parts: Part[], bits: string,
 *             bytes: string[], header: number, plain: string[][], key: string[], marks: string[],
 *             hidden: number, steps: string[][], size: number, chunks: number[],
 *             chunk_words: string}} FrameData */
/** @typedef {{ruler: number, index: number}} Place */

const BITS = 0;
const BYTES = 1;
const PARTS = 2;
const GROUP = 4; // bytes that stand together

/** A frame in the page. */
export class FrameView {
  #root = element("div", "hs-inspector");
  #words;
  #title = element("p", "hs-title");
  #bits = element("div", "hs-inspector-bits");
  #bytes = element("div", "hs-inspector-bytes");
  #parts = element("div", "hs-inspector-parts");
  #line = element("div", "hs-inspector-line");
  #steps = element("p", "hs-inspector-steps");
  #chunks = element("div", "hs-inspector-chunks");
  #verdicts = element("div", "hs-inspector-verdicts");
  /** @type {FrameData | null} */
  #data = null;
  /** @type {HTMLElement[][]} The items of each ruler. */
  #items = [[], [], []];
  #at = [0, 0, 0]; // the item of each ruler that the Tab key reaches
  /** @type {Place | null} What is pointed at. */
  #pointed = null;
  #giveKeysBack;

  /** @param {HTMLElement} root @param {Record<string, string>} words */
  constructor(root, words) {
    this.#words = words;
    set(this.#root, { role: "group", "aria-label": words.label });
    const rulers = [this.#bits, this.#bytes, this.#parts];
    set(this.#bits, { role: "group", "aria-label": words.bits });
    set(this.#parts, { role: "group", "aria-label": words.parts });
    set(this.#line, { role: "status" });
    rulers.forEach((ruler, number) => {
      const point = (/** @type {Event} */ event) => {
        const place = this.#placeOf(number, event.target);
        if (!place) return;
        if (event.type === "focusin") this.#reach(place);
        this.#point(place);
      };
      ruler.addEventListener("pointerover", point);
      ruler.addEventListener("focusin", point);
      ruler.addEventListener("pointerdown", (event) => {
        const place = this.#placeOf(number, event.target);
        if (place) this.#focus(place);
      });
      ruler.addEventListener("pointerleave", () => this.#point(this.#focused()));
    });
    this.#root.append(
      this.#title,
      this.#bits,
      this.#bytes,
      this.#line,
      this.#steps,
      this.#parts,
      this.#chunks,
      this.#verdicts,
    );
    this.#giveKeysBack = takeKeys(this.#root, (event) => this.#press(event));
    root.append(this.#root);
  }

  remove() {
    this.#giveKeysBack();
    this.#root.remove();
  }

  /** Show a frame; the focus stays where it is. @param {FrameData} data */
  show(data) {
    const focused = this.#focused();
    this.#data = data;
    const { speaker, parts } = data;
    this.#root.classList.toggle("hs-server-frame", speaker === "server");
    const arrow = speaker === "server" ? "↓ server" : "↑ client";
    this.#title.replaceChildren(element("span", `hs-${speaker}`, arrow), ` ${data.title}`);
    this.#drawBits(data);
    this.#drawBytes(data);
    this.#drawParts(parts);
    this.#drawChunks(data);
    this.#verdicts.replaceChildren(
      ...data.verdicts.map((verdict) => {
        return element("p", "hs-verdict", fill(this.#words.verdict, { text: verdict }));
      }),
    );
    this.#at = this.#at.map((at, i) => Math.max(0, Math.min(at, this.#items[i].length - 1)));
    this.#items.forEach((items, i) => items[this.#at[i]]?.setAttribute("tabindex", "0"));
    this.#pointed = null;
    if (focused) this.#focus({ ruler: focused.ruler, index: this.#at[focused.ruler] });
    else this.#point(null);
  }

  /** @param {FrameData} data */
  #drawBits({ bits, parts }) {
    this.#items[BITS] = [];
    const groups = parts
      .filter(({ start, size }) => start + size <= 16 && size < 8)
      .map((part) => {
        const group = element("div", "hs-inspector-field");
        group.append(element("span", "hs-inspector-name", part.name));
        const row = element("span", "hs-inspector-digits");
        for (let bit = part.start; bit < part.start + part.size; bit++) {
          const item = element("button", "hs-inspector-bit", bits[bit]);
          const place = fill(this.#words.bit, { n: bit % 8, byte: bit >> 3 });
          this.#add(BITS, item, `${part.name}, ${place}: ${bits[bit]}`, bit);
          row.append(item);
        }
        group.append(row, element("span", "hs-inspector-meaning", part.meaning));
        return group;
      });
    this.#bits.replaceChildren(...groups);
    this.#bits.hidden = !groups.length;
  }

  /** @param {FrameData} data */
  #drawBytes(data) {
    const { bytes, header, plain, key, marks, hidden, chunks } = data;
    const label = key.length ? this.#words.bytes : this.#words.plain_bytes;
    set(this.#bytes, { role: "group", "aria-label": label });
    this.#bytes.classList.toggle("hs-inspector-keyed", key.length > 0);
    this.#items[BYTES] = [];
    const begins = new Set(chunks);
    const keyStart = key.length ? header - key.length : -1;
    const cells = bytes.map((hex, i) => {
      const item = element("button", "hs-inspector-byte");
      const isPayload = i >= header;
      const [plainHex, character] = plain[i - header] ?? ["", ""];
      const mark = i >= keyStart && keyStart >= 0 ? marks[(i - keyStart) % 4] : "";
      const isKey = Boolean(mark) && !isPayload;
      if (isPayload) item.classList.add("hs-inspector-payload");
      if (begins.has(i)) item.classList.add("hs-inspector-chunk");
      item.append(
        element("span", "hs-inspector-mark", key.length && (isPayload || isKey) ? mark : ""),
        element("code", "hs-inspector-hex", hex),
        element("code", "hs-inspector-plain", isPayload && key.length ? plainHex : ""),
        element("code", "hs-inspector-char", character),
      );
      const names = this.#partsAt(8 * i, 8).map(({ name }) => name);
      const says = [fill(this.#words.byte, { n: i }), hex, ...names];
      if (isPayload && key.length) says.push(plainHex);
      if (isPayload) says.push(character);
      if (begins.has(i)) says.push(this.#words.chunk);
      this.#add(BYTES, item, says.join(", "), i);
      return item;
    });
    const groups = [];
    // The header's bytes stand by themselves; the payload's in fours, as the key repeats.
    for (let i = 0; i < cells.length; ) {
      const end = i < header ? Math.min(nextOf([2, keyStart, header], i), header) : i + GROUP;
      const group = element("span", "hs-inspector-group");
      group.append(...cells.slice(i, end));
      groups.push(group);
      i = end;
    }
    const more = element("span", "hs-inspector-more", fill(this.#words.hidden, { n: hidden }));
    this.#bytes.replaceChildren(...groups, ...(hidden > 0 ? [more] : []));
  }

  /** @param {Part[]} parts */
  #drawParts(parts) {
    this.#items[PARTS] = [];
    this.#parts.replaceChildren(
      ...parts.map((part, i) => {
        const item = element("button", "hs-inspector-part");
        item.append(
          element("span", "hs-inspector-name", part.name),
          element("code", "hs-inspector-data", part.data),
          element("span", "hs-inspector-meaning", part.meaning),
        );
        this.#add(PARTS, item, `${part.name}: ${part.data}, ${part.meaning}`, i);
        return item;
      }),
    );
  }

  /** @param {FrameData} data */
  #drawChunks({ size, chunks, chunk_words: says }) {
    this.#chunks.hidden = !says;
    const strip = element("div", "hs-inspector-strip");
    set(strip, { role: "img", "aria-label": says });
    const ends = [...chunks.filter((start) => start > 0), size];
    let start = 0;
    for (const end of ends) {
      const piece = element("span", "hs-inspector-piece");
      piece.style.flexGrow = String(Math.max(end - start, size / 200));
      strip.append(piece);
      start = end;
    }
    const title = element("span", "hs-inspector-caption", this.#words.chunks);
    this.#chunks.replaceChildren(title, strip, element("p", "hs-note", says));
  }

  /** @param {number} ruler @param {HTMLElement} item @param {string} label @param {number} index */
  #add(ruler, item, label, index) {
    item.dataset.index = String(index);
    set(item, { "aria-label": label, tabindex: "-1" });
    this.#items[ruler].push(item);
  }

  // Pointing

  /** @param {number} ruler @param {EventTarget | null} target @returns {Place | null} */
  #placeOf(ruler, target) {
    const item = target instanceof Element ? target.closest("[data-index]") : null;
    if (!(item instanceof HTMLElement)) return null;
    return { ruler, index: Number(item.dataset.index) };
  }

  /** @returns {Place | null} */
  #focused() {
    const active = document.activeElement;
    for (const ruler of [BITS, BYTES, PARTS]) {
      const index = this.#items[ruler].findIndex((item) => item === active);
      if (index >= 0) return { ruler, index };
    }
    return null;
  }

  /** @param {Place} place */
  #focus({ ruler, index }) {
    this.#items[ruler][index]?.focus({ preventScroll: true });
  }

  /** Let the Tab key come back to where the focus is. @param {Place} place */
  #reach({ ruler, index }) {
    this.#items[ruler][this.#at[ruler]]?.setAttribute("tabindex", "-1");
    this.#items[ruler][index]?.setAttribute("tabindex", "0");
    this.#at[ruler] = index;
  }

  /** Light up what belongs to a place. @param {Place | null} place */
  #point(place) {
    if (place?.ruler === this.#pointed?.ruler && place?.index === this.#pointed?.index && place) return;
    this.#pointed = place;
    const [start, size] = this.#range(place);
    const end = start + size;
    const lit = (/** @type {number} */ from, /** @type {number} */ length) =>
      place !== null && from < end && from + length > start;
    this.#items[BITS].forEach((item, i) => light(item, lit(i, 1)));
    this.#items[BYTES].forEach((item, i) => light(item, lit(8 * i, 8)));
    this.#data?.parts.forEach((part, i) => light(this.#items[PARTS][i], lit(part.start, part.size)));
    this.#say(place);
  }

  /** First bit and number of bits that a place stands for. @param {Place | null} place */
  #range(place) {
    if (!place || !this.#data) return [0, 0];
    if (place.ruler === BYTES) return [8 * place.index, 8];
    const part =
      place.ruler === PARTS ? this.#data.parts[place.index] : this.#partsAt(place.index, 1)[0];
    return part ? [part.start, part.size] : [0, 0];
  }

  /** @param {number} start @param {number} size in bits @returns {Part[]} */
  #partsAt(start, size) {
    const parts = this.#data?.parts ?? [];
    return parts.filter((part) => part.start < start + size && part.start + part.size > start);
  }

  /** @param {Place | null} place */
  #say(place) {
    const [start, size] = this.#range(place);
    const parts = this.#partsAt(start, size);
    this.#line.replaceChildren();
    if (!place || !this.#data || !parts.length) {
      this.#line.append(element("span", "hs-inspector-hint", this.#words.hint));
      this.#drawSteps(null);
      return;
    }
    const [part] = parts;
    const isWholeByte = place.ruler === BYTES && parts.length > 1;
    const name = isWholeByte ? fill(this.#words.byte, { n: place.index }) : part.name;
    const says = isWholeByte ? this.#sayByte(place.index, parts) : part.says;
    this.#line.append(element("strong", "", name), " ", element("span", "", says), " ");
    if (place.ruler === BYTES) this.#line.append(this.#sayPayload(place.index));
    this.#line.append(element("span", "hs-inspector-clause", part.clause));
    this.#drawSteps(parts.find(({ name: each }) => each.endsWith("ayload length")) ?? null);
  }

  /** @param {number} n @param {Part[]} parts */
  #sayByte(n, parts) {
    const names = parts.map(({ name }) => name).join(", ");
    const bits = this.#data?.bits.slice(8 * n, 8 * n + 8) ?? "";
    const spaced = `${bits.slice(0, 4)} ${bits.slice(4)}`;
    return fill(this.#words.whole_byte, { n, hex: this.#data?.bytes[n] ?? "", bits: spaced, names });
  }

  /** @param {number} n */
  #sayPayload(n) {
    if (!this.#data || n < this.#data.header || !this.#data.key.length) return "";
    const i = n - this.#data.header;
    const key = this.#data.key[i % 4];
    const [plain, character] = this.#data.plain[i] ?? ["", ""];
    const hex = this.#data.bytes[n];
    const says = { n: i, hex, key: `${this.#data.marks[i % 4]} ${key}`, plain: `${plain} (${character})` };
    return `${fill(this.#words.payload_byte, says)} `;
  }

  /** How the length is read, where a length is pointed at. @param {Part | null} part */
  #drawSteps(part) {
    const steps = this.#data?.steps ?? [];
    this.#steps.classList.toggle("hs-inspector-off", !part || !steps.length);
    const shown = steps.flatMap(([data, says], i) => [
      ...(i ? [element("span", "hs-inspector-arrow", "→")] : []),
      element("code", "", data),
      element("span", "", says),
    ]);
    const caption = element("span", "hs-inspector-caption", this.#words.length);
    this.#steps.replaceChildren(caption, ...shown);
  }

  // Keys

  /** @param {KeyboardEvent} event */
  #press(event) {
    const place = this.#focused();
    if (!place) return false;
    const { ruler, index } = place;
    const last = this.#items[ruler].length - 1;
    /** @type {Record<string, number>} */
    const goals = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last };
    if (event.key in goals) {
      event.preventDefault();
      this.#focus({ ruler, index: Math.min(Math.max(goals[event.key], 0), last) });
      return true;
    }
    const isUp = event.key === "ArrowUp";
    if (!isUp && event.key !== "ArrowDown") return event.key === "Enter" || event.key === " ";
    event.preventDefault();
    const next = ruler + (isUp ? -1 : 1);
    if (next < BITS || next > PARTS || !this.#items[next].length) return true;
    this.#focus({ ruler: next, index: this.#over(place, next) });
    return true;
  }

  /** The item of another ruler that a place lies over. @param {Place} place @param {number} ruler */
  #over(place, ruler) {
    const last = this.#items[ruler].length - 1;
    const start = place.ruler === BITS ? place.index : this.#range(place)[0];
    if (ruler === BYTES) return Math.min(start >> 3, last);
    if (ruler === BITS) return Math.min(start, last);
    const at = this.#data?.parts.findIndex((part) => part.start + part.size > start) ?? 0;
    return Math.max(at, 0);
  }
}

/** @param {HTMLElement | undefined} item @param {boolean} isLit */
function light(item, isLit) {
  item?.classList.toggle("hs-lit", isLit);
}

/** The next of some boundaries after a place. @param {number[]} boundaries @param {number} i */
function nextOf(boundaries, i) {
  return Math.min(...boundaries.filter((boundary) => boundary > i));
}

export default mirrored("frame", (model, el) => {
  const view = new FrameView(el, model.get("_strings"));
  return {
    hear: (message) => message.type === "frame" && view.show(message.frame),
    remove: () => view.remove(),
  };
});
