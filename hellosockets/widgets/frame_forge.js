// @ts-check
/**
 * The page's half of FrameForge: bits to press, fields to fill, and what the referee and the server
 * say. Each change goes to Python, which builds the bytes; the page shows what comes back.
 */

import { element, fill, mirrored, set, takeKeys, text } from "./dom.js";

/** @typedef {{get(name: string): any, send(message: object): void,
 *             on(name: string, listener: (message: any) => void): void}} Model */
/** @typedef {{bits: string, names: string[], bytes: string[], header: number, hidden: number,
 *             opcode: string, length_form: string, length: string, masking_key: string,
 *             payload: string, kind: string, verdicts: string[], owed: number | null,
 *             can_send: boolean, result: string, is_old: boolean}} Draft */

class View {
  #model;
  #words;
  #root = element("div", "hs-forge");
  #bits = element("div", "hs-forge-bits");
  #other = element("div", "hs-forge-bits hs-forge-other");
  #bytes = element("div", "hs-forge-bytes");
  #hidden = element("span", "hs-forge-heading");
  #opcode = element("select");
  #form = element("select");
  #length = element("input", "hs-forge-length");
  #key = element("input", "hs-forge-key");
  #payload = element("textarea", "hs-forge-payload");
  #kind = element("select");
  #referee = element("div", "hs-forge-says");
  #server = element("div", "hs-forge-says");
  #send = element("button", "hs-forge-button");
  #bad = element("p", "hs-verdict hs-forge-bad");
  /** @type {HTMLElement[]} */
  #items = [];
  #at = 0; // the bit that the Tab key reaches
  /** @type {HTMLElement[]} */
  #byteItems = [];
  #chosen = 2; // the byte whose bits stand in a row of their own
  #giveKeysBack;

  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    this.#model = model;
    const words = (this.#words = model.get("_strings"));
    set(this.#root, { role: "group", "aria-label": words.label });
    set(this.#bits, { role: "group", "aria-label": words.bits });
    set(this.#referee, { role: "status", "aria-label": words.referee });
    set(this.#server, { role: "status", "aria-label": words.server });
    set(this.#bad, { role: "alert" });
    options(this.#opcode, model.get("_opcodes").map((/** @type {string} */ says, /** @type {number} */ i) => [String(i), says]));
    options(this.#form, [["7", words.bits_7], ["16", words.bits_16], ["64", words.bits_64]]);
    options(this.#kind, [["text", words.as_text], ["hex", words.as_hex]]);
    this.#length.placeholder = words.length_hint;
    this.#key.placeholder = words.mask_hint;
    this.#payload.rows = 2;
    for (const field of [this.#length, this.#key, this.#payload]) {
      field.spellcheck = false;
      field.autocomplete = "off";
    }
    this.#changes(this.#opcode, "opcode");
    this.#changes(this.#form, "length_form");
    this.#changes(this.#length, "length");
    this.#changes(this.#key, "masking_key");
    this.#changes(this.#payload, "payload");
    set(this.#kind, { "aria-label": words.kind });
    this.#kind.addEventListener("change", () => model.send({ type: "kind", value: this.#kind.value }));
    set(this.#bytes, { role: "group", "aria-label": words.bytes });
    for (const ruler of [this.#bits, this.#other]) {
      ruler.addEventListener("click", (event) => {
        const bit = /** @type {Element} */ (event.target).closest("[data-bit]");
        if (bit instanceof HTMLElement) model.send({ type: "flip", bit: Number(bit.dataset.bit) });
      });
    }
    this.#bits.addEventListener("focusin", (event) => {
      const at = this.#items.findIndex((item) => item === event.target);
      if (at >= 0) this.#at = reach(this.#items, at);
    });
    this.#bytes.addEventListener("click", (event) => {
      const at = this.#byteItems.findIndex((item) => item === event.target);
      if (at >= 0) this.#choose(at);
    });
    this.#send.addEventListener("click", () => model.send({ type: "send" }));
    const fields = element("div", "hs-forge-fields");
    const payload = labelled(words.payload, this.#payload);
    payload.append(this.#kind);
    payload.classList.add("hs-forge-wide");
    fields.append(
      labelled(words.opcode, this.#opcode),
      labelled(words.form, this.#form),
      labelled(words.length, this.#length),
      labelled(words.mask, this.#key),
      payload,
    );
    const judged = element("div", "hs-forge-judged");
    const referee = element("div");
    referee.append(element("p", "hs-forge-heading", words.referee), this.#referee);
    const server = element("div");
    server.append(element("p", "hs-forge-heading", words.server), this.#server, this.#send);
    judged.append(referee, server);
    this.#root.append(this.#bits, fields, this.#bad, this.#bytes, this.#other, judged);
    el.append(this.#root);
    this.#giveKeysBack = takeKeys(this.#root, (event) => this.#press(event));
  }

  /** @param {any} message */
  hear(message) {
    if (message.type === "draft") this.show(message);
    else if (message.type === "sending") this.sending();
    else this.complain(message);
  }

  remove() {
    this.#giveKeysBack();
    this.#root.remove();
  }

  /** @param {Draft} draft */
  show(draft) {
    text(this.#bad, "");
    this.#drawBits(draft);
    this.#drawBytes(draft);
    this.#opcode.value = draft.opcode;
    this.#form.value = draft.length_form;
    this.#kind.value = draft.kind;
    write(this.#length, draft.length);
    write(this.#key, draft.masking_key);
    write(this.#payload, draft.payload);
    this.#drawReferee(draft);
    this.#drawServer(draft);
  }

  /** @param {{name: string, text: string}} message */
  complain({ name, text: sentence }) {
    text(this.#bad, fill(this.#words.verdict, { text: sentence }));
    if (name === "send") this.#endSending();
  }

  sending() {
    set(this.#send, { "aria-disabled": "true" });
    text(this.#send, this.#words.sending);
  }

  #endSending() {
    this.#send.removeAttribute("aria-disabled");
    text(this.#send, this.#words.send);
  }

  /** @param {Draft} draft */
  #drawBits({ bits, names }) {
    if (this.#items.length !== bits.length) {
      this.#items = this.#makeBits(this.#bits, names, 0);
      this.#at = reach(this.#items, Math.min(this.#at, this.#items.length - 1));
    }
    drawDigits(this.#items, bits);
  }

  /**
   * @param {HTMLElement} ruler @param {string[]} names of the bits' fields @param {number} first
   * @returns {HTMLElement[]}
   */
  #makeBits(ruler, names, first) {
    ruler.replaceChildren();
    return names.map((name, i) => {
      if (name !== names[i - 1]) {
        const field = element("div", "hs-forge-field");
        field.append(element("span", "hs-forge-name", name), element("span", "hs-forge-digits"));
        ruler.append(field);
      }
      const item = element("button", "hs-forge-bit");
      const bit = first + i;
      item.dataset.bit = String(bit);
      set(item, { "aria-label": fill(this.#words.bit, { name, n: bit % 8, byte: bit >> 3 }) });
      ruler.lastElementChild?.lastElementChild?.append(item);
      return item;
    });
  }

  /** @param {Draft} draft */
  #drawBytes({ bytes, header, hidden }) {
    if (this.#byteItems.length !== bytes.length) {
      this.#byteItems = bytes.map(() => element("button", "hs-forge-byte"));
      const caption = element("span", "hs-forge-heading", this.#words.bytes);
      this.#bytes.replaceChildren(caption, ...this.#byteItems, this.#hidden);
    }
    this.#chosen = Math.max(0, Math.min(this.#chosen, bytes.length - 1));
    this.#byteItems.forEach((item, i) => {
      text(item, bytes[i]);
      item.classList.toggle("hs-forge-header", i < header);
      const says = { n: i, hex: bytes[i] };
      set(item, { "aria-label": fill(this.#words.byte, says), "aria-pressed": String(i === this.#chosen) });
    });
    reach(this.#byteItems, this.#chosen);
    text(this.#hidden, hidden ? fill(this.#words.hidden, { n: hidden }) : "");
    this.#drawOther(bytes[this.#chosen]);
  }

  /** The chosen byte's bits, in a row of their own. @param {string | undefined} hex */
  #drawOther(hex) {
    this.#other.hidden = hex === undefined;
    if (hex === undefined) return;
    const first = 8 * this.#chosen;
    const there = /** @type {HTMLElement | null} */ (this.#other.querySelector("[data-bit]"));
    if (there?.dataset.bit !== String(first)) {
      const name = fill(this.#words.bits_of, { n: this.#chosen });
      this.#makeBits(this.#other, Array(8).fill(name), first);
      set(this.#other, { role: "group", "aria-label": name });
    }
    const items = /** @type {HTMLElement[]} */ ([...this.#other.querySelectorAll("[data-bit]")]);
    drawDigits(items, parseInt(hex, 16).toString(2).padStart(8, "0"));
  }

  /** @param {number} byte */
  #choose(byte) {
    this.#chosen = byte;
    this.#byteItems.forEach((item, i) => set(item, { "aria-pressed": String(i === byte) }));
    reach(this.#byteItems, byte);
    this.#drawOther(this.#byteItems[byte].textContent ?? undefined);
  }

  /** @param {Draft} draft */
  #drawReferee({ verdicts, owed }) {
    const sentences = verdicts.map((verdict) =>
      element("p", "hs-verdict", fill(this.#words.verdict, { text: verdict })),
    );
    const legal = element("p", "hs-forge-legal", this.#words.legal);
    const code = element("p", "", owed === null ? "" : fill(this.#words.owed, { code: String(owed) }));
    this.#referee.replaceChildren(...(sentences.length ? [...sentences, code] : [legal]));
  }

  /** @param {Draft} draft */
  #drawServer({ can_send: canSend, result, is_old: isOld }) {
    this.#endSending();
    this.#send.hidden = !canSend;
    const says = !canSend ? this.#words.no_server : result || this.#words.not_sent;
    const lines = [element("p", "", says)];
    if (result && isOld) lines.push(element("p", "hs-forge-heading", this.#words.of_another));
    this.#server.replaceChildren(...lines);
  }

  /** @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} field @param {string} name */
  #changes(field, name) {
    field.addEventListener("change", () => {
      this.#model.send({ type: "change", name, value: field.value });
    });
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const rows = [this.#items, this.#byteItems, [...this.#other.querySelectorAll("button")]];
    const items = rows.find((row) => row.some((item) => item === event.target));
    if (!items) return event.key !== "Tab" && event.key !== "Escape";
    const at = items.findIndex((item) => item === event.target);
    const last = items.length - 1;
    /** @type {Record<string, number>} */
    const goals = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last };
    if (!(event.key in goals)) return event.key === " " || event.key === "Enter";
    event.preventDefault();
    const goal = Math.min(Math.max(goals[event.key], 0), last);
    if (items === this.#byteItems) this.#choose(goal);
    items[goal]?.focus();
    return true;
  }
}

/** Let the Tab key reach one of several items alone.
 * @param {HTMLElement[]} items @param {number} at */
function reach(items, at) {
  items.forEach((item, i) => set(item, { tabindex: i === at ? "0" : "-1" }));
  return at;
}

/** @param {HTMLElement[]} items @param {string} bits */
function drawDigits(items, bits) {
  items.forEach((item, i) => {
    text(item, bits[i]);
    set(item, { "aria-pressed": String(bits[i] === "1") });
  });
}

/** A value that the reader is typing stays. @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {string} value */
function write(field, value) {
  if (field.value !== value) field.value = value;
}

/** @param {HTMLSelectElement} select @param {string[][]} values value, what it says */
function options(select, values) {
  for (const [value, says] of values) {
    const option = element("option", "", says);
    option.value = value;
    select.append(option);
  }
}

/** @param {string} says @param {HTMLElement} field */
function labelled(says, field) {
  const label = element("label", "hs-forge-label");
  set(field, { "aria-label": says });
  label.append(element("span", "hs-forge-heading", says), field);
  return label;
}

export default mirrored("draft", (model, el) => new View(model, el));
