// @ts-check
/**
 * The page's half of DeflateLedger. One Books for each model: what Python has sent, whatever the
 * number of its views. One View for each place where it is shown: a table of messages, under it
 * the selected one taken apart, and beside that the prices on other terms.
 */

import { Drawing, element, fill, set, takeKeys, text } from "./dom.js";

/** @typedef {[text: string, kind: string, number: number | null]} Stretch */
/** @typedef {{speaker: string, size: number, payload: number, wire: number, deflated: boolean,
 *   unread: boolean, grew: boolean, tail: string, sources: (number | null)[],
 *   more_sources: number, repeated: number, says: Stretch[], cut: boolean, is_text: boolean,
 *   problem: string}} Row */
/** @typedef {{speaker: string, messages: number, size: number, payload: number, wire: number,
 *   ratio: string, grew: number, repeated: number}} Total */
/** @typedef {{terms: string, client: number, server: number, total: number, difference: string,
 *   grew: number}} Price */
/** @typedef {{index: number, number: number | null, length: number, distance: number,
 *   text: string}} Repeat */
/** @typedef {{kind: string, last: boolean, size: number, literals: number, copies: number,
 *   tokens: [string, string, number][], more: number}} Block */
/** @typedef {{number: number, payload: string, payload_more: number, says: Stretch[], more: number,
 *   repeats: Repeat[], repeats_more: number, own: number, own_size: number, blocks: Block[],
 *   problem: string, python: string}} Detail */
/** @typedef {{get(name: string): any, send(message: object): void,
 *             on(name: string, listener: (message: any) => void): void}} Model */

const COLUMNS = ["number", "speaker", "size", "payload", "wire", "was", "ratio", "tail", "sources", "says"];
const NUMERIC = new Set(["number", "size", "payload", "wire", "was"]);
const WIDEST = 1.5; // a bar's end, where 1 is a payload as long as its message
const PATIENCE = 400; // ms without an answer, until the ledger says that it waits
const PAGE = 10; // rows that PageUp and PageDown pass
// What fields, buttons and what scrolls get from the browser; JupyterLab would take them first.
const KEYS = new Set([
  ...["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"],
  ...["PageUp", "PageDown", "Home", "End", "Enter", " "],
]);
const NARROW = 1000; // px; with less, the column of what isn't sent makes room

let views = 0; // so that two views of one ledger have ids of their own

/** What the page knows; talks with Python. */
class Books {
  /** @type {Row[]} */
  rows = [];
  /** @type {string[]} */
  agreement = [];
  /** @type {Total[]} */
  totals = [];
  /** @type {Price[]} */
  prices = [];
  chosen = 0; // which of the prices
  /** @type {number | null} Which one the reader has asked for, until Python answers. */
  wanted = null;
  /** @type {{wire: number[], payload: number[], grew: number[]}} Each message on those terms. */
  again = { wire: [], payload: [], grew: [] };
  /** @type {Set<number>} Numbers of the messages that grow on those terms. */
  grew = new Set();
  left_out = 0;
  missed = 0;
  problem = "";
  /** @type {number | null} */
  selected = null;
  /** @type {Detail | null} */
  detail = null;
  isWaiting = false; // for the detail, longer than people like
  /** @type {Set<View>} */
  views = new Set();
  // This module is loaded anew for each ledger, so chance alone tells their ids apart.
  name = `hs-ledger-${Math.random().toString(36).slice(2)}`;

  #model;

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    this.words = model.get("_strings");
    model.on("msg:custom", (message) => this.#receive(message));
  }

  /** @param {View} view */
  show(view) {
    this.views.add(view);
    if (this.views.size === 1) this.#model.send({ type: "hello" });
  }

  /** @param {View} view */
  hide(view) {
    this.views.delete(view);
    if (!this.views.size) this.#model.send({ type: "bye" });
  }

  /** @param {number} number */
  select(number) {
    if (number === this.selected) return;
    this.selected = number;
    this.isWaiting = false;
    this.#model.send({ type: "select", number });
    setTimeout(() => {
      this.isWaiting = this.detail?.number !== this.selected;
      this.#draw();
    }, PATIENCE);
    this.#draw();
  }

  /** @param {number} terms */
  choose(terms) {
    this.wanted = terms;
    this.#model.send({ type: "choose", terms });
  }

  /** @param {number} n */
  bytes(n) {
    return fill(this.words[n === 1 ? "byte" : "bytes"], { n });
  }

  /** @param {any} message */
  #receive(message) {
    switch (message.type) {
      case "snapshot":
        this.rows = message.rows;
        this.#learn(message);
        if (this.selected === null && message.selected !== null) this.select(message.selected);
        break;
      case "entries":
        if (message.first > this.rows.length) {
          this.#model.send({ type: "hello" }); // some got lost
          return;
        }
        this.rows.splice(message.first, Infinity, ...message.rows);
        this.#learn(message);
        break;
      case "prices":
        this.#learn(message);
        break;
      case "detail":
        if (message.number !== this.selected) return; // the reader has gone on
        this.detail = message;
        this.isWaiting = false;
        break;
      case "bye": // another page no longer shows the ledger: this one may
        if (this.views.size) this.#model.send({ type: "hello" });
        return;
      case "problem":
        this.problem = message.text;
        break;
    }
    this.#draw();
  }

  #draw() {
    for (const view of this.views) view.draw();
  }

  /** @param {any} facts */
  #learn({ agreement, totals, left_out, missed, prices, chosen, again }) {
    Object.assign(this, { agreement, totals, left_out, missed, prices, chosen, again });
    this.grew = new Set(again.grew);
    if (chosen === this.wanted) this.wanted = null;
  }
}

/** One place where a ledger is shown. */
class View {
  #books;
  #words;
  #name;
  #grid = element("div", "hs-ledger-grid");
  #body = element("tbody");
  #foot = element("tfoot");
  #empty = element("p", "hs-ledger-empty");
  #count = element("span", "hs-ledger-count");
  #notes = element("span", "hs-ledger-notes");
  #agreed = element("p", "hs-ledger-agreed");
  #problem = element("p", "hs-verdict");
  #detail = element("section", "hs-ledger-detail");
  #whatIf = element("fieldset", "hs-ledger-terms");
  #verdict = element("p", "hs-ledger-verdict");
  #waiting = element("p", "hs-ledger-hint");
  #announced = element("p", "hs-ledger-python");
  /** @type {HTMLTableRowElement[]} */
  #lines = [];
  /** @type {Row[]} What the lines show. */
  #shown = [];
  /** @type {{radio: HTMLInputElement, terms: HTMLElement, total: HTMLElement, fill: HTMLElement,
   *          difference: HTMLElement}[]} */
  #options = [];
  /** @type {Detail | null} */
  #taken = null;
  #drawing = new Drawing(() => this.#draw());
  #giveBack;
  #sizes;

  /** @param {Books} books @param {HTMLElement} root */
  constructor(books, root) {
    this.#books = books;
    this.#words = books.words;
    this.#name = `${books.name}-${views++}`;
    root.classList.add("hs", "hs-ledger");
    const bar = element("div", "hs-ledger-top");
    bar.append(element("span", "hs-ledger-title", this.#words.title), this.#count, this.#notes);
    const table = element("table");
    table.append(this.#headings(), this.#body, this.#foot);
    set(table, { role: "presentation" });
    set(this.#body, { role: "rowgroup" });
    set(this.#foot, { role: "rowgroup" });
    this.#grid.tabIndex = 0;
    set(this.#grid, { role: "grid", "aria-label": this.#words.label, "aria-readonly": "true" });
    this.#empty.textContent = this.#words.empty;
    this.#grid.append(table, this.#empty);
    set(this.#problem, { role: "alert" });
    set(this.#detail, { "aria-label": this.#words.detail });
    set(this.#verdict, { role: "status" });
    set(this.#announced, { role: "status" });
    const legend = element("legend", "", this.#words.what_if);
    this.#whatIf.append(legend, element("p", "hs-ledger-tip", this.#words.what_if_tip));
    const side = element("div", "hs-ledger-side");
    side.append(this.#whatIf, this.#verdict);
    const below = element("div", "hs-ledger-below");
    const left = element("div", "hs-ledger-left");
    text(this.#waiting, this.#words.waiting);
    left.append(this.#waiting, this.#detail, this.#announced);
    below.append(left, side);
    root.append(bar, this.#agreed, this.#grid, this.#problem, below);

    // Rows may move while others come: a click would need the same row twice.
    this.#body.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "touch" && event.button === 0) this.#point(event);
    });
    this.#body.addEventListener("click", (event) => this.#point(event)); // touch, screen readers
    this.#giveBack = takeKeys(root, (event) => this.#press(event));
    this.#sizes = new ResizeObserver(() =>
      root.classList.toggle("hs-ledger-narrow", root.clientWidth < NARROW),
    );
    this.#sizes.observe(root);
    this.draw();
  }

  draw() {
    this.#drawing.ask();
  }

  remove() {
    this.#drawing.stop();
    this.#giveBack();
    this.#sizes.disconnect();
  }

  #draw() {
    const { rows, problem, left_out, missed, agreement } = this.#books;
    const words = this.#words;
    this.#empty.hidden = rows.length > 0;
    text(this.#count, fill(words[rows.length === 1 ? "message" : "messages"], { n: rows.length }));
    const notes = [
      ...(missed ? [fill(words.missed, { n: missed })] : []),
      ...(left_out ? [fill(words.left_out, { n: left_out })] : []),
    ];
    text(this.#notes, notes.map((note) => `⋯ ${note}`).join("  "));
    this.#problem.hidden = !problem;
    text(this.#problem, problem ? fill(words.problem, { text: problem }) : "");
    const agreed = agreement.map((sentence) => element("span", "", sentence));
    if (this.#agreed.children.length !== agreed.length) this.#agreed.replaceChildren(...agreed);
    this.#drawRows();
    this.#drawTotals();
    this.#drawPrices();
    this.#drawSelection();
    this.#drawDetail();
  }

  #headings() {
    const head = element("thead");
    const row = element("tr");
    for (const name of COLUMNS) {
      const cell = element("th", columnClass(name), this.#words[name]);
      set(cell, { role: "columnheader", scope: "col", title: this.#words[`${name}_tip`] });
      row.append(cell);
    }
    set(head, { role: "rowgroup" });
    set(row, { role: "row" });
    head.append(row);
    return head;
  }

  // The messages

  #drawRows() {
    const { rows, chosen, again, grew } = this.#books;
    const { scrollTop, scrollHeight, clientHeight } = this.#grid;
    const wasAtEnd = this.#shown.length > 0 && scrollHeight - scrollTop - clientHeight < 8;
    const isAgain = chosen > 0;
    this.#grid.classList.toggle("hs-ledger-again", isAgain);
    rows.forEach((row, i) => {
      if (this.#shown[i] !== row) {
        const line = this.#line(row, i + 1);
        if (this.#lines[i]) this.#lines[i].replaceWith(line);
        else this.#body.append(line);
        this.#lines[i] = line;
        this.#shown[i] = row;
      }
      this.#price(this.#lines[i], row, {
        payload: isAgain ? again.payload[i] : row.payload,
        wire: isAgain ? again.wire[i] : row.wire,
        grew: isAgain ? grew.has(i + 1) : row.grew,
      });
    });
    for (const line of this.#lines.splice(rows.length)) line.remove();
    this.#shown.length = rows.length;
    if (wasAtEnd && this.#books.selected === null) this.#grid.scrollTop = this.#grid.scrollHeight;
  }

  /** @param {Row} row @param {number} number */
  #line(row, number) {
    const line = element("tr", `hs-${row.speaker}`);
    line.id = `${this.#name}-${number}`;
    line.dataset.number = String(number);
    set(line, { role: "row", "aria-selected": "false" });
    for (const name of COLUMNS) {
      const cell = element("td", columnClass(name));
      set(cell, { role: "gridcell" });
      line.append(cell);
    }
    const cell = (/** @type {string} */ name) => line.children[COLUMNS.indexOf(name)];
    cell("number").textContent = String(number);
    cell("speaker").textContent = this.#words[row.speaker];
    cell("size").textContent = count(row.size);
    cell("was").textContent = count(row.wire);
    if (row.tail) cell("tail").append(element("code", "hs-ledger-tail", row.tail));
    cell("sources").textContent = this.#sources(row);
    const says = element("code");
    says.append(...marked(row.says, row.is_text), row.cut ? "…" : "");
    cell("says").append(says);
    cell("ratio").append(...this.#bar());
    return line;
  }

  /** @param {Row} row */
  #sources({ sources, more_sources, repeated }) {
    if (!sources.length) return "";
    const list = sources.map((n) => (n === null ? this.#words.unknown : `#${n}`));
    if (more_sources) list.push("…");
    return fill(this.#words.from, { list: list.join(", "), n: this.#books.bytes(repeated) });
  }

  #bar() {
    const track = element("span", "hs-ledger-track");
    track.append(element("span", "hs-ledger-fill"));
    set(track, { "aria-hidden": "true" });
    return [track, element("span", "hs-ledger-percent"), element("span", "hs-ledger-grew")];
  }

  /** @param {Element} line @param {Row} row
   *  @param {{payload: number, wire: number, grew: boolean}} price */
  #price(line, row, { payload, wire, grew }) {
    const words = this.#words;
    const at = (/** @type {string} */ name) => line.children[COLUMNS.indexOf(name)];
    text(at("payload"), count(payload));
    text(at("wire"), count(wire));
    const isPlain = this.#books.chosen === 0 && !row.deflated;
    const says = row.unread ? words.unread : isPlain ? words.plain : "";
    fillBar(at("ratio"), row.unread || !row.size ? null : payload / row.size, says);
    const mark = at("ratio").querySelector(".hs-ledger-grew");
    if (mark) text(mark, grew ? fill(words.grew, { n: payload - row.size }) : "");
    line.classList.toggle("hs-ledger-bigger", grew);
  }

  #drawTotals() {
    const { totals, rows, prices, chosen } = this.#books;
    const words = this.#words;
    this.#foot.hidden = !rows.length;
    totals.forEach((total, i) => {
      let line = this.#foot.rows[i];
      if (!line) {
        line = element("tr", `hs-${total.speaker}`);
        set(line, { role: "row" });
        for (const name of COLUMNS) {
          const cell = element("td", columnClass(name));
          set(cell, { role: "gridcell" });
          line.append(cell);
        }
        line.lastElementChild?.remove(); // what they say: there the repeats go on
        line.lastElementChild?.setAttribute("colspan", "2");
        line.children[COLUMNS.indexOf("ratio")].append(...this.#bar());
        this.#foot.append(line);
      }
      const at = (/** @type {string} */ name) => line.children[COLUMNS.indexOf(name)];
      const sizes = this.#payloads(total.speaker);
      text(at("number"), "Σ");
      text(at("speaker"), words[total.speaker]);
      text(at("size"), count(total.size));
      text(at("payload"), count(chosen ? sizes : total.payload));
      const price = prices[chosen];
      text(at("wire"), count(total.speaker === "client" ? price.client : price.server));
      text(at("was"), count(total.wire));
      fillBar(at("ratio"), total.size ? (chosen ? sizes : total.payload) / total.size : null, "");
      text(
        at("sources"),
        total.repeated
          ? fill(words.foot_repeats, { n: this.#books.bytes(total.repeated) })
          : "",
      );
    });
  }

  /** @param {string} speaker */
  #payloads(speaker) {
    const { rows, again } = this.#books;
    return rows.reduce((sum, row, i) => sum + (row.speaker === speaker ? again.payload[i] : 0), 0);
  }

  // What if

  #drawPrices() {
    const { prices, chosen, rows, wanted } = this.#books;
    const words = this.#words;
    this.#whatIf.hidden = !rows.length;
    const most = Math.max(1, ...prices.map(({ total }) => total));
    prices.forEach((price, i) => {
      this.#options[i] ??= this.#option(i);
      const { radio, terms, total, fill: filled, difference } = this.#options[i];
      radio.checked = i === (wanted ?? chosen);
      text(terms, price.terms);
      text(total, count(price.total));
      filled.style.width = `${(100 * price.total) / most}%`;
      filled.parentElement?.classList.toggle("hs-ledger-chosen", i === chosen);
      text(difference, price.difference);
    });
    for (const { radio } of this.#options.splice(prices.length)) radio.closest("label")?.remove();
    const price = prices[chosen];
    if (!price || !rows.length) return;
    const total = this.#books.bytes(price.total);
    const { terms, difference } = price;
    const sentence = chosen ? fill(words.priced, { terms, total, difference }) : fill(words.cost, { total });
    const grew = fill(words[price.grew === 1 ? "grew_one" : "grew_many"], { n: price.grew });
    text(this.#verdict, price.grew ? `${sentence} ${grew}` : sentence);
  }

  /** @param {number} i */
  #option(i) {
    const radio = element("input");
    Object.assign(radio, { type: "radio", name: `${this.#name}-terms`, value: String(i) });
    radio.addEventListener("change", () => this.#books.choose(i));
    const label = element("label");
    const terms = element("span", "hs-ledger-term");
    const total = element("span", "hs-ledger-total");
    const track = element("span", "hs-ledger-price");
    const filled = element("span", "hs-ledger-fill");
    set(track, { "aria-hidden": "true" });
    track.append(filled);
    const difference = element("span", "hs-ledger-difference");
    label.append(radio, terms, total, track, difference);
    this.#whatIf.append(label);
    return { radio, terms, total, fill: filled, difference };
  }

  // The selected message

  #drawSelection() {
    const { selected } = this.#books;
    const line = selected === null ? undefined : this.#lines[selected - 1];
    const before = this.#body.querySelector('[aria-selected="true"]');
    if (before && before !== line) set(before, { "aria-selected": "false" });
    if (!line) return;
    set(line, { "aria-selected": "true" });
    set(this.#grid, { "aria-activedescendant": line.id });
  }

  #drawDetail() {
    const { detail, rows, selected, isWaiting } = this.#books;
    const words = this.#words;
    set(this.#detail, { "aria-busy": String(selected !== null && detail?.number !== selected) });
    this.#waiting.hidden = !isWaiting;
    if (!detail) {
      if (!this.#detail.firstChild && rows.length) {
        this.#detail.append(element("p", "hs-ledger-hint", words.hint));
      }
      return;
    }
    if (detail === this.#taken) return;
    this.#taken = detail;
    const row = rows[detail.number - 1];
    if (!row) return;
    const heading = element("p", "hs-ledger-heading");
    const sizes = { size: this.#books.bytes(row.size), payload: this.#books.bytes(row.payload) };
    heading.append(
      element("span", `hs-${row.speaker}`, words[row.speaker]),
      element("strong", "", fill(words.heading, { n: detail.number })),
      element("span", "hs-ledger-quiet", fill(row.deflated ? words.as : words.as_plain, sizes)),
    );
    if (row.grew) {
      const n = row.payload - row.size;
      heading.append(element("span", "hs-ledger-grew", fill(words.grew, { n })));
    }
    const parts = element("dl");
    const add = (/** @type {string} */ name, /** @type {(string | Node)[]} */ ...what) => {
      const says = element("dd");
      says.append(...what);
      parts.append(element("dt", "", name), says);
    };
    add(words.on_wire, ...this.#payload(detail, row));
    if (!row.unread) add(words.inflated, this.#inflated(detail, row));
    if (row.deflated && !row.unread) {
      add(words.repeats, this.#repeats(detail));
      add(words.tokens, ...this.#blocks(detail));
    }
    const problem = detail.problem ? [element("p", "hs-verdict", `✗ ${detail.problem}`)] : [];
    this.#detail.replaceChildren(heading, parts, ...problem);
    for (const part of this.#detail.querySelectorAll(".hs-ledger-text, ul, .hs-ledger-tokens")) {
      if (part.scrollHeight > part.clientHeight + 1) set(part, { tabindex: "0" }); // to scroll it
    }
    this.#announced.replaceChildren(`${words.selected} `, element("code", "", detail.python));
  }

  /** @param {Detail} detail @param {Row} row @returns {Node[]} */
  #payload({ payload, payload_more }, row) {
    const shown = element("code", "hs-ledger-bytes");
    shown.append(...groups(payload));
    const parts = [shown];
    if (payload_more) {
      parts.push(element("span", "hs-ledger-quiet", ` ${fill(this.#words.more, { n: payload_more })} `));
    }
    if (row.tail) {
      parts.push(element("code", "hs-ledger-tail", row.tail));
      parts.push(element("span", "hs-ledger-quiet", ` ${this.#words.not_sent}`));
    }
    return parts;
  }

  /** @param {Detail} detail @param {Row} row */
  #inflated({ says, more }, row) {
    const shown = element("code", "hs-ledger-text");
    shown.append(...marked(says, row.is_text, true));
    if (more) shown.append(element("span", "hs-ledger-quiet", ` ${fill(this.#words.more, { n: this.#books.bytes(more) })}`));
    return shown;
  }

  /** @param {Detail} detail */
  #repeats({ repeats, repeats_more, own, own_size }) {
    const words = this.#words;
    if (!repeats.length && !own) return element("span", "hs-ledger-quiet", words.no_repeats);
    const list = element("ul");
    for (const repeat of repeats) list.append(this.#repeat(repeat));
    if (repeats_more) {
      list.append(element("li", "hs-ledger-quiet", fill(words.more, { n: repeats_more })));
    }
    if (own) {
      const times = fill(words[own === 1 ? "time" : "times"], { n: own });
      const says = fill(words.from_itself, { count: times, n: this.#books.bytes(own_size) });
      list.append(element("li", "hs-ledger-quiet", says));
    }
    return list;
  }

  /** @param {Repeat} repeat */
  #repeat({ index, number, length, distance, text: says }) {
    const words = this.#words;
    const item = element("li");
    const n = this.#books.bytes(length);
    if (number === null) {
      item.append(element("span", "hs-ledger-source", fill(words.from_before, { n })));
    } else {
      const source = element("button", "hs-ledger-source", fill(words.from_message, { number, n }));
      set(source, { title: fill(words.go, { n: number }) });
      source.addEventListener("click", () => this.#go(number));
      item.append(source);
    }
    const back = fill(words.back, { n: distance });
    item.append(element("code", "", says), element("span", "hs-ledger-quiet", back));
    // Point at a look back, or focus it: where it stands, and what it repeats, light up.
    for (const type of ["pointerenter", "focusin", "pointerleave", "focusout"]) {
      const isLit = type === "pointerenter" || type === "focusin";
      item.addEventListener(type, () => this.#light(index, number, isLit));
    }
    return item;
  }

  /** @param {Detail} detail @returns {Node[]} */
  #blocks({ blocks }) {
    const words = this.#words;
    const shown = blocks.map((block, i) => {
      const isTail = block.kind === "stored" && !block.tokens.length && i === blocks.length - 1;
      const { kind, literals, copies, size: bits } = block;
      const name = isTail ? "block_tail" : block.last ? "block_last" : "block";
      const part = element("div", "hs-ledger-block");
      part.append(element("div", "hs-ledger-quiet", fill(words[name], { kind, bits, literals, copies })));
      const line = element("div", "hs-ledger-tokens");
      for (const [says, sort, size] of block.tokens) {
        const token = element("code", `hs-ledger-token hs-ledger-${sort}`, says);
        token.append(element("small", "", String(size)));
        line.append(token);
      }
      if (block.more) line.append(element("span", "hs-ledger-quiet", fill(words.more, { n: block.more })));
      if (block.tokens.length) part.append(line);
      return part;
    });
    return [...shown, element("p", "hs-ledger-quiet", words.notation)];
  }

  /** @param {number} i which look back @param {number | null} number @param {boolean} isLit */
  #light(i, number, isLit) {
    const piece = this.#detail.querySelectorAll(".hs-ledger-text u")[i];
    piece?.classList.toggle("hs-ledger-lit", isLit);
    if (number !== null) this.#lines[number - 1]?.classList.toggle("hs-ledger-lit", isLit);
  }

  /** @param {number} number */
  #go(number) {
    for (const line of this.#lines) line.classList.remove("hs-ledger-lit");
    this.#books.select(number);
    this.#grid.focus({ preventScroll: true });
    this.#drawing.now();
    this.#lines[number - 1]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {MouseEvent} event */
  #point(event) {
    const line = /** @type {Element} */ (event.target).closest("tr");
    if (line instanceof HTMLElement && line.dataset.number) {
      this.#books.select(Number(line.dataset.number));
    }
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.target !== this.#grid) return KEYS.has(event.key);
    const last = this.#lines.length;
    const at = this.#books.selected ?? 0;
    /** @type {Record<string, number>} */
    const goals = {
      ArrowDown: at + 1,
      ArrowUp: at ? at - 1 : last,
      PageDown: at + PAGE,
      PageUp: at - PAGE,
      Home: 1,
      End: last,
      Enter: at || 1,
    };
    if (event.shiftKey || !(event.key in goals)) return false;
    event.preventDefault();
    if (last) {
      this.#books.select(Math.min(Math.max(goals[event.key], 1), last));
      this.#drawing.now();
      this.#lines[(this.#books.selected ?? 1) - 1]?.scrollIntoView({ block: "nearest" });
    }
    return true;
  }
}

/** @param {Element} cell @param {number | null} share @param {string} says */
function fillBar(cell, share, says) {
  const [track, percent] = cell.children;
  const filled = track.firstElementChild;
  if (!(track instanceof HTMLElement) || !(filled instanceof HTMLElement)) return;
  track.hidden = share === null || Boolean(says);
  filled.style.width = `${(100 * Math.min(share ?? 0, WIDEST)) / WIDEST}%`;
  const number = share === null ? "–" : `${Math.round(100 * share).toLocaleString("en")} %`;
  text(percent, says || number);
  percent.classList.toggle("hs-ledger-word", Boolean(says));
}

/**
 * A message's stretches, each look back underlined in its way.
 * @param {Stretch[]} stretches @param {boolean} isText @param {boolean} [isNamed] with numbers
 * @returns {(string | Node)[]}
 */
function marked(stretches, isText, isNamed = false) {
  return stretches.flatMap(([says, kind, number], i) => {
    const gap = isText || !i ? [] : [" "];
    if (!kind) return [...gap, says];
    const piece = element("u", `hs-ledger-${kind}`, says);
    if (!isNamed || kind === "own") return [...gap, piece];
    const name = element("sup", "", number === null ? "?" : `#${number}`);
    return [...gap, piece, name];
  });
}

/** Bytes in groups of four, as elements, so that what is copied has one space between bytes.
 * @param {string} hex @returns {HTMLElement[]} */
function groups(hex) {
  const bytes = hex ? hex.split(" ") : [];
  const found = [];
  for (let i = 0; i < bytes.length; i += 4) {
    found.push(element("span", "", `${bytes.slice(i, i + 4).join(" ")} `));
  }
  return found;
}

/** @param {number} n */
function count(n) {
  return n.toLocaleString("en");
}

/** @param {string} name */
function columnClass(name) {
  return `hs-ledger-${name}${NUMERIC.has(name) ? " hs-num" : ""}`;
}

export default () => {
  /** @type {Books} */
  let books;
  return {
    /** @param {{model: Model}} context */
    initialize({ model }) {
      books = new Books(model);
    },
    /** @param {{el: HTMLElement}} context */
    render({ el }) {
      const view = new View(books, el);
      books.show(view);
      return () => {
        books.hide(view);
        view.remove();
      };
    },
  };
};
