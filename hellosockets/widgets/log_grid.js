// @ts-check
/**
 * FrameLog's table: of any number of rows, only those in sight and some around them are in the
 * page. What it shows of a row is text; what came over a wire is never read as HTML.
 */

import { Drawing, element, set, takeKeys } from "./dom.js";

/** @typedef {{id: number, speaker: string, kind: string, cells: string[], verdicts: string[]}} Row */
/**
 * Whose rows it shows. A row's position counts what matches; its id counts what was ever held.
 * @typedef {object} Rows
 * @property {number} first position of the oldest row
 * @property {number} end position after the newest row
 * @property {number} generation another one: other rows, other positions
 * @property {boolean} isMixed whether rows of several connections stand among each other
 * @property {string[][]} columns key, heading and meaning of each
 * @property {number | null} selected id of the selected row
 * @property {number | null} selectedAt its position, as far as it is known
 * @property {(position: number) => Row | undefined} rowAt
 * @property {(from: number, to: number) => void} need asks for rows that aren't in the page yet
 * @property {(position: number) => void} selectAt
 * @property {string} name a word that no other log has, for ids
 */

const ROW_HEIGHT = 22; // px, as in the style sheet
const FEWEST_ROWS = 6; // shown, so that the page below doesn't move with each row
const MOST_ROWS = 14; // shown, until the reader drags the corner
const MARGIN = 20; // rows in the page above and below those in sight; in a flood:
const FLOOD_MARGIN = 2;
const CALM = 250; // ms after a flood, until the margin is filled
const QUIET = new Set(["0", "000", "–"]); // cells that say "no"

let grids = 0; // so that two views of one log have ids of their own

export class Grid {
  root = element("div", "hs-log-grid");
  seen = -1; // position of the newest row that the reader had before them
  isFollowing = true; // new rows scroll into sight
  #rows;
  #words;
  #head = element("div", "hs-log-head");
  #body = element("div", "hs-log-body");
  #number = grids++;
  /** @type {(Row | undefined)[]} What the elements in the page show, from position `#from` on. */
  #shown = [];
  #from = 0;
  #oldest = 0; // position of the oldest row that can be scrolled to
  #end = 0; // and of the one after the newest
  #generation = -1;
  #columns = "";
  #blank = element("div"); // a row without texts, to make others of
  #wasAtEnd = true;
  #height = ""; // that this grid gave itself; the reader may drag it to another
  #calm = 0; // the timer that will draw after a flood
  #drawing = new Drawing(() => this.#draw());
  #sizes = new ResizeObserver(() => this.draw()); // shown at last, or dragged
  #giveKeysBack;
  #drawn;

  /**
   * @param {Rows} rows @param {Record<string, string>} words
   * @param {() => void} drawn called after each drawing
   */
  constructor(rows, words, drawn) {
    this.#rows = rows;
    this.#words = words;
    this.#drawn = drawn;
    this.root.tabIndex = 0;
    this.root.append(this.#head, this.#body);
    set(this.root, { role: "grid", "aria-label": words.label, "aria-readonly": "true" });
    set(this.#head, { role: "row", "aria-rowindex": "1" });
    set(this.#body, { role: "rowgroup" });
    // Rows move under the pointer while they come: a click would need the same row twice.
    this.#body.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "touch" && event.button === 0) this.#point(event);
    });
    this.#body.addEventListener("click", (event) => this.#point(event)); // touch, screen readers
    this.root.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#giveKeysBack = takeKeys(this.root, (event) => this.#press(event));
    this.#sizes.observe(this.root);
    this.draw();
  }

  remove() {
    this.#giveKeysBack();
    this.#sizes.disconnect();
    this.#drawing.stop();
    clearTimeout(this.#calm);
  }

  /** Draw before the next picture of the screen. */
  draw() {
    this.#drawing.ask();
  }

  follow() {
    this.isFollowing = true;
    this.draw();
  }

  /** How many rows came that the reader hasn't had before them. */
  get unseen() {
    return this.#end - 1 - this.seen;
  }

  /** @param {number} position @returns {boolean} whether its row may soon be in sight */
  isNear(position) {
    return position >= this.#from - MARGIN && position <= this.#from + this.#shown.length + MARGIN;
  }

  get isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.root;
    return scrollHeight - scrollTop - clientHeight < ROW_HEIGHT;
  }

  #draw() {
    const { first, end, generation } = this.#rows;
    const isFlood = end - this.#end > MOST_ROWS && generation === this.#generation;
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#drawHeadings();
      this.#body.replaceChildren();
      this.#shown = [];
      this.#from = this.#oldest = first;
      this.seen = Math.min(this.seen, end - 1);
    }
    this.root.classList.toggle("hs-log-mixed", this.#rows.isMixed);
    set(this.root, { "aria-rowcount": String(end + 1) });
    this.#body.style.height = `${(end - first) * ROW_HEIGHT}px`;
    this.#fit(end - first);
    if (this.isFollowing) {
      this.root.scrollTop = this.root.scrollHeight;
      this.seen = end - 1;
    } else if (first > this.#oldest) {
      this.root.scrollTop -= (first - this.#oldest) * ROW_HEIGHT; // the reader's row stays put
    }
    this.#oldest = first;
    this.#end = end;
    this.#wasAtEnd = this.isAtEnd;
    const isHurried = isFlood || this.#isFar();
    this.#putInPage(isHurried ? FLOOD_MARGIN : MARGIN);
    this.#drawSelection();
    clearTimeout(this.#calm);
    if (isHurried) this.#calm = setTimeout(() => this.draw(), CALM);
    this.#drawn();
  }

  /** Whether none of the rows in the page are in sight: the reader has jumped. */
  #isFar() {
    const top = this.#oldest + this.root.scrollTop / ROW_HEIGHT;
    return top < this.#from || top > this.#from + this.#shown.length;
  }

  #drawHeadings() {
    const keys = this.#rows.columns.map(([key]) => key).join(" ");
    if (keys === this.#columns) return;
    this.#columns = keys;
    this.root.dataset.columns = keys;
    this.#head.replaceChildren();
    this.#blank = element("div");
    set(this.#blank, { role: "row", "aria-selected": "false" });
    for (const [key, heading, meaning] of this.#rows.columns) {
      const name = element("span", `hs-log-${key}`, heading);
      set(name, { role: "columnheader", title: meaning });
      this.#head.append(name);
      const cell = element("span", `hs-log-${key}`);
      set(cell, { role: "gridcell" });
      this.#blank.append(cell);
    }
  }

  /** @param {number} margin */
  #putInPage(margin) {
    const { scrollTop, clientHeight } = this.root;
    const top = this.#oldest + Math.floor(scrollTop / ROW_HEIGHT);
    const from = Math.max(this.#oldest, top - margin);
    const to = Math.min(this.#end, top + Math.ceil(clientHeight / ROW_HEIGHT) + margin);
    this.#rows.need(from, to);
    /** @type {(Row | undefined)[]} */
    const wanted = [];
    for (let position = from; position < to; position++) wanted.push(this.#rows.rowAt(position));
    // What stays in the page stays the same element: the reader may have selected its text.
    let before = this.#from;
    while (before < from && this.#shown.length) {
      this.#body.firstElementChild?.remove();
      this.#shown.shift();
      before++;
    }
    while (this.#shown.length && before + this.#shown.length > Math.max(from, to)) {
      this.#body.lastElementChild?.remove();
      this.#shown.pop();
    }
    if (!this.#shown.length) before = from;
    const old = this.#shown;
    const at = before - from; // index of the first element that stays
    const above = wanted.slice(0, at).map((row, i) => this.#row(row, from + i));
    const below = wanted.slice(at + old.length);
    const start = from + at + old.length;
    for (let i = 0; i < old.length; i++) {
      const row = wanted[at + i];
      if (row === old[i]) continue;
      this.#body.children[i].replaceWith(this.#row(row, from + at + i));
    }
    this.#body.prepend(...above);
    this.#body.append(...below.map((row, i) => this.#row(row, start + i)));
    this.#shown = wanted;
    this.#from = from;
    this.#body.style.paddingTop = `${(from - this.#oldest) * ROW_HEIGHT}px`;
  }

  /** @param {Row | undefined} row @param {number} position */
  #row(row, position) {
    const isThere = row !== undefined;
    const line = /** @type {HTMLElement} */ (this.#blank.cloneNode(isThere));
    line.dataset.position = String(position);
    line.setAttribute("aria-rowindex", String(position + 2));
    if (!isThere) {
      line.className = "hs-log-row";
      const cell = element("span", "hs-log-loading", this.#words.loading);
      set(cell, { role: "gridcell" });
      line.append(cell);
      return line;
    }
    line.className = `hs-log-row hs-log-${row.kind} ${row.speaker && `hs-${row.speaker}`}`;
    line.id = `${this.#rows.name}-${this.#number}-${row.id}`;
    row.cells.forEach((says, i) => {
      const cell = line.children[i];
      cell.textContent = says;
      if (QUIET.has(says)) cell.classList.add("hs-log-zero");
    });
    if (row.verdicts.length) {
      line.classList.add("hs-log-wrong");
      const sentences = row.verdicts.map((verdict) => `✗ ${verdict}`);
      const found = element("span", "hs-log-verdict", sentences.join("  "));
      found.title = sentences.join("\n");
      const preview = line.querySelector(".hs-log-preview");
      preview?.replaceChildren(element("span", "", preview.textContent ?? ""), found);
    }
    return line;
  }

  #drawSelection() {
    const { selected } = this.#rows;
    const at = this.#shown.findIndex((row) => row !== undefined && row.id === selected);
    const row = at < 0 ? null : this.#body.children[at];
    const before = this.#body.querySelector('[aria-selected="true"]');
    if (before && before !== row) set(before, { "aria-selected": "false" });
    if (row) {
      set(row, { "aria-selected": "true" });
      set(this.root, { "aria-activedescendant": row.id });
    } else {
      this.root.removeAttribute("aria-activedescendant");
    }
  }

  /** Grow with the first rows, unless the reader has dragged the corner. @param {number} n */
  #fit(n) {
    if (this.root.style.height !== this.#height) return;
    const shown = Math.min(Math.max(n, FEWEST_ROWS), MOST_ROWS);
    const height = `${(shown + 1) * ROW_HEIGHT + 2}px`; // the headings, the border
    if (height !== this.#height) this.root.style.height = this.#height = height;
  }

  #scrolled() {
    const isAtEnd = this.isAtEnd;
    if (!isAtEnd) this.isFollowing = false;
    else if (!this.#wasAtEnd) this.isFollowing = true;
    this.#wasAtEnd = isAtEnd;
    if (isAtEnd) this.seen = this.#end - 1;
    this.draw();
  }

  /** @param {MouseEvent} event */
  #point(event) {
    const row = /** @type {Element} */ (event.target).closest(".hs-log-row");
    if (!(row instanceof HTMLElement)) return;
    const position = Number(row.dataset.position);
    if (this.#rows.rowAt(position)?.id !== this.#rows.selected) this.#select(position);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key is ours */
  #press(event) {
    if (event.shiftKey) return false;
    const { selectedAt } = this.#rows;
    const page = Math.max(1, Math.floor(this.root.clientHeight / ROW_HEIGHT) - 2);
    const last = this.#end - 1;
    const at = selectedAt === null ? this.#oldest - 1 : selectedAt;
    /** @type {Record<string, number>} */
    const goals = {
      ArrowDown: at + 1,
      ArrowUp: selectedAt === null ? last : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: this.#oldest,
      End: last,
      Enter: at,
    };
    if (!(event.key in goals)) return false;
    event.preventDefault();
    if (this.#end <= this.#oldest) return true;
    const position = Math.min(Math.max(goals[event.key], this.#oldest), last);
    this.#select(position);
    const top = (position - this.#oldest) * ROW_HEIGHT; // under the headings, which take a row
    const { scrollTop, clientHeight } = this.root;
    this.root.scrollTop = Math.max(Math.min(scrollTop, top), top + 2 * ROW_HEIGHT - clientHeight);
    this.#drawing.now();
    this.#body.children[position - this.#from]?.scrollIntoView({ block: "nearest" });
    return true;
  }

  /** @param {number} position */
  #select(position) {
    // A reader who looks at a row doesn't want it to scroll away.
    this.isFollowing = position === this.#end - 1;
    this.#rows.selectAt(position);
  }
}
