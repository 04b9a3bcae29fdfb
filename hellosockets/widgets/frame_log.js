// @ts-check
/**
 * The page's half of FrameLog. One Log for each model: what it shows, whatever the number of its
 * views. One View for each place where it is shown: a grid, of whose rows only those in sight and
 * some around them are in the page, and under it the picture of the selected row.
 *
 * What came over a wire reaches the page as text nodes. The picture alone is HTML: Python has
 * drawn it, and escaped there whatever came over a wire.
 */

/** @typedef {{id: number, speaker: string, kind: string, cells: string[], verdicts: string[]}} Row */
/** @typedef {{get(name: string): any, send(message: object): void,
 *             on(name: string, listener: (message: any) => void): void}} Model */

const ROW_HEIGHT = 22; // px, as in the style sheet
const FEWEST_ROWS = 6; // shown, so that the page below doesn't move with each row
const MOST_ROWS = 14; // shown, until the reader drags the corner
const MARGIN = 30; // rows in the page above and below those in sight; in a flood:
const FLOOD_MARGIN = 2;
const CALM = 250; // ms after a flood, until the margin is filled
const PATIENCE = 400; // ms without an answer, until the log says that it waits
const ASK_AGAIN = 2000; // ms without an answer, until everything is asked for again; then twice that
const BITS = new Set(["fin", "rsv1", "masked"]); // columns in which a 0 is quieter than a 1

let views = 0; // so that two views of one log have ids of their own

/** What the log holds; talks with Python. */
class Log {
  /** @type {Row[]} The rows, oldest first; their ids have no gaps. */
  rows = [];
  first = 0; // id of the oldest row that Python holds
  dropped = 0; // how many older rows made room
  skipped = 0; // how many connections left before Python read them
  several = false; // whether there are several connections
  problem = "";
  /** @type {number | null} Id of the selected row. */
  selected = null;
  /** @type {{html: string, text: string} | null} The selected row's picture; null until it comes. */
  detail = null;
  isWaiting = false; // for the picture, longer than people like
  /** @type {Set<View>} */
  views = new Set();
  // This module is loaded anew for each log, so chance alone tells their rows' ids apart.
  name = `hs-log-${Math.random().toString(36).slice(2)}`;

  /** @type {Model} */
  #model;
  /** @type {number | null} Number of the last batch; null before the first snapshot. */
  #batch = null;
  #asking = 0; // the timer that asks again, as long as everything was asked for and hasn't come
  #saidBye = false; // and showed no view since

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    this.words = model.get("_strings");
    this.columns = model.get("_columns");
    model.on("msg:custom", (message) => this.#receive(message));
  }

  /** @param {View} view */
  show(view) {
    this.views.add(view);
    this.#saidBye = false;
    if (this.views.size === 1) this.#ask();
  }

  /** @param {View} view */
  hide(view) {
    this.views.delete(view);
    if (!this.views.size) this.#rest();
  }

  /** @param {number} id */
  select(id) {
    this.selected = id;
    this.isWaiting = false;
    this.#model.send({ type: "select", id });
    const before = this.detail;
    setTimeout(() => {
      if (this.selected !== id || this.detail !== before) return;
      this.isWaiting = true;
      this.#draw();
    }, PATIENCE);
    this.#draw();
  }

  /** @param {string} name @param {number} n */
  count(name, n) {
    return this.words[n === 1 ? name : `${name}s`].replace("{n}", n.toLocaleString("en"));
  }

  /** Nobody sees the log: Python need not send anything until somebody does. */
  #rest() {
    clearTimeout(this.#asking);
    this.#asking = 0;
    this.#batch = null;
    if (!this.#saidBye) this.#model.send({ type: "bye" });
    this.#saidBye = true;
  }

  /** Ask for everything, until it comes. @param {number} wait */
  #ask(wait = ASK_AGAIN) {
    if (this.#asking) return;
    this.#asking = setTimeout(() => {
      this.#asking = 0;
      this.#ask(2 * wait); // the kernel may have a cell to run first
    }, wait);
    this.#model.send({ type: "hello" });
  }

  /** @param {any} message */
  #receive(message) {
    if (!this.views.size) {
      // A page that was left without a word. Said once: another page may show the log.
      if (message.type === "rows") this.#rest();
      return;
    }
    switch (message.type) {
      case "snapshot":
        this.rows = message.rows;
        this.problem = message.problem;
        this.#batch = message.batch;
        clearTimeout(this.#asking);
        this.#asking = 0;
        this.#count(message);
        if (this.selected === null && message.selected !== null) this.select(message.selected);
        break;
      case "rows":
        if (this.#batch === null || message.batch <= this.#batch) return; // the snapshot has it
        if (message.batch > this.#batch + 1) return this.#ask(); // one got lost
        this.#batch = message.batch;
        for (const row of message.rows) this.rows.push(row);
        this.#count(message);
        break;
      case "count": // of the batches that were sent
        if (this.#batch !== message.batch) this.#ask();
        return;
      case "bye": // another page no longer shows the log: this one does
        return this.#ask();
      case "detail":
        if (message.id !== this.selected) return; // the reader has gone on
        this.detail = message;
        this.isWaiting = false;
        break;
      case "problem":
        this.problem = message.text;
        break;
    }
    this.#draw();
  }

  /** @param {{first: number, dropped: number, skipped: number, several: boolean}} facts */
  #count({ first, dropped, skipped, several }) {
    Object.assign(this, { first, dropped, skipped, several });
    const gone = this.rows.findIndex((row) => row.id >= first);
    this.rows.splice(0, gone < 0 ? this.rows.length : gone);
  }

  #draw() {
    for (const view of this.views) view.draw();
  }
}

/** One place where a log is shown. */
class View {
  #log;
  #grid = element("div", "hs-log-grid");
  #body = element("div", "hs-log-body");
  #empty = element("p", "hs-log-empty");
  #count = element("span", "hs-log-count");
  #dropped = element("span", "hs-log-dropped");
  #skipped = element("span", "hs-log-skipped");
  #toNewest = element("button", "hs-log-newest");
  #problem = element("p", "hs-log-problem hs-verdict");
  #detail = element("div", "hs-log-detail");
  #picture = element("div", "hs-log-picture");
  #note = element("p", "hs-log-note");
  #from = 0; // ids of the rows that are in the page: from this one
  #to = 0; // up to, but not including, this one
  #oldest = 0; // ids of the rows that can be scrolled to: from this one
  #newest = -1; // up to this one
  #seen = -1; // id of the newest row that the reader had before them
  #isFollowing = true; // new rows scroll into sight
  #wasAtEnd = true;
  #height = ""; // that this view gave the grid; the reader may drag it to another
  #frame = 0; // the animation frame that will draw
  #calm = 0; // the timer that will draw after a flood
  /** @type {object | string | null} What the pane under the rows shows. */
  #pictured = null;
  #sizes = new ResizeObserver(() => this.draw()); // shown at last, or dragged

  /** @param {Log} log @param {HTMLElement} root */
  constructor(log, root) {
    this.#log = log;
    root.classList.add("hs", "hs-log");
    const bar = element("div", "hs-log-bar");
    const title = element("span", "hs-log-title", log.words.title);
    bar.append(title, this.#count, this.#dropped, this.#skipped, this.#toNewest);
    const frame = element("div", "hs-log-frame");
    frame.append(this.#grid, this.#empty);
    this.#grid.append(this.#headings(), this.#body);
    this.#grid.tabIndex = 0;
    set(this.#grid, { role: "grid", "aria-label": log.words.label, "aria-readonly": "true" });
    set(this.#body, { role: "rowgroup" });
    set(this.#problem, { role: "alert" });
    set(this.#detail, { role: "region", "aria-label": log.words.detail });
    set(this.#note, { role: "status" }); // read aloud; the picture would be too long
    this.#empty.textContent = log.words.empty;
    this.#detail.append(this.#picture, this.#note);
    root.append(bar, frame, this.#problem, this.#detail);

    // Rows move under the pointer while they come: a click would need the same row twice.
    this.#body.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "touch" && event.button === 0) this.#point(event);
    });
    this.#body.addEventListener("click", (event) => this.#point(event)); // touch, screen readers
    this.#grid.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#toNewest.addEventListener("click", () => {
      this.#isFollowing = true;
      this.draw();
    });
    // JupyterLab takes the arrow keys to walk from cell to cell, before they reach an output.
    window.addEventListener("keydown", this.#press, { capture: true });
    this.#sizes.observe(this.#grid);
    this.draw();
  }

  remove() {
    window.removeEventListener("keydown", this.#press, { capture: true });
    this.#sizes.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#calm);
  }

  /** Draw before the next picture of the screen, however many batches come until then. */
  draw() {
    this.#frame ||= requestAnimationFrame(() => this.#drawNow());
  }

  #drawNow() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#drawRows();
    this.#drawSelection();
    this.#drawBar();
    this.#drawDetail();
  }

  #headings() {
    const head = element("div", "hs-log-head");
    set(head, { role: "row", "aria-rowindex": "1" });
    for (const [key, heading, meaning] of this.#log.columns) {
      const cell = element("span", `hs-log-${key}`, heading);
      set(cell, { role: "columnheader", title: meaning });
      head.append(cell);
    }
    return head;
  }

  #drawRows() {
    const { rows, first } = this.#log;
    const oldest = rows.length ? rows[0].id : first;
    const newest = oldest + rows.length - 1;
    const isFlood = newest - this.#newest > MOST_ROWS;
    this.#empty.hidden = rows.length > 0;
    this.#grid.classList.toggle("hs-log-several", this.#log.several);
    set(this.#grid, { "aria-rowcount": String(newest + 2) });
    this.#body.style.height = `${rows.length * ROW_HEIGHT}px`;
    this.#fit(rows.length);
    if (this.#isFollowing) {
      this.#grid.scrollTop = this.#grid.scrollHeight;
      this.#seen = newest;
    } else if (oldest > this.#oldest) {
      this.#grid.scrollTop -= (oldest - this.#oldest) * ROW_HEIGHT; // the reader's row stays put
    }
    this.#oldest = oldest;
    this.#newest = newest;
    this.#wasAtEnd = this.#isAtEnd;
    this.#putInPage(isFlood ? FLOOD_MARGIN : MARGIN);
    clearTimeout(this.#calm);
    if (isFlood) this.#calm = setTimeout(() => this.draw(), CALM);
  }

  /** @param {number} margin */
  #putInPage(margin) {
    const { scrollTop, clientHeight } = this.#grid;
    const top = this.#oldest + Math.floor(scrollTop / ROW_HEIGHT);
    const from = Math.max(this.#oldest, top - margin);
    const to = Math.min(this.#newest + 1, top + Math.ceil(clientHeight / ROW_HEIGHT) + margin);
    const rows = (/** @type {number} */ start, /** @type {number} */ end) =>
      this.#log.rows.slice(start - this.#oldest, end - this.#oldest).map((row) => this.#row(row));
    if (from >= this.#to || to <= this.#from) {
      this.#body.replaceChildren(...rows(from, Math.max(from, to)));
    } else {
      for (let id = this.#from; id < from; id++) this.#body.firstElementChild?.remove();
      for (let id = this.#to; id > to; id--) this.#body.lastElementChild?.remove();
      if (from < this.#from) this.#body.prepend(...rows(from, this.#from));
      if (to > this.#to) this.#body.append(...rows(this.#to, to));
    }
    this.#from = from;
    this.#to = Math.max(from, to);
    this.#body.style.paddingTop = `${(from - this.#oldest) * ROW_HEIGHT}px`;
  }

  /** @param {Row} row */
  #row(row) {
    const line = element("div", `hs-log-row hs-log-${row.kind}`);
    if (row.speaker) line.classList.add(`hs-${row.speaker}`);
    line.id = `${this.#log.name}-${this.#number}-${row.id}`;
    line.dataset.id = String(row.id);
    set(line, { role: "row", "aria-rowindex": String(row.id + 2), "aria-selected": "false" });
    this.#log.columns.forEach((/** @type {string[]} */ [key], /** @type {number} */ i) => {
      const cell = element("span", `hs-log-${key}`, row.cells[i]);
      if (BITS.has(key) && row.cells[i] === "0") cell.classList.add("hs-log-zero");
      set(cell, { role: "gridcell" });
      line.append(cell);
    });
    if (row.verdicts.length) {
      line.classList.add("hs-log-wrong");
      const sentences = row.verdicts.map((verdict) => `✗ ${verdict}`);
      const found = element("span", "hs-log-verdict", sentences.join("  "));
      found.title = sentences.join("\n");
      line.lastElementChild?.replaceChildren(element("span", "", row.cells.at(-1)), found);
    }
    return line;
  }

  /** Which of the log's views this is, for ids that are unique in the page. */
  #number = views++;

  #drawSelection() {
    const { selected } = this.#log;
    const row = selected === null ? undefined : this.#rowOf(selected);
    const before = this.#body.querySelector('[aria-selected="true"]');
    if (before && before !== row) set(before, { "aria-selected": "false" });
    if (row) {
      set(row, { "aria-selected": "true" });
      set(this.#grid, { "aria-activedescendant": row.id });
    } else {
      this.#grid.removeAttribute("aria-activedescendant");
    }
  }

  #drawBar() {
    const { rows, dropped, skipped } = this.#log;
    text(this.#count, this.#log.count("row", rows.length));
    text(this.#dropped, dropped ? this.#log.count("dropped_row", dropped) : "");
    text(this.#skipped, skipped ? this.#log.count("skipped_connection", skipped) : "");
    const unseen = this.#newest - this.#seen;
    this.#toNewest.hidden = this.#isFollowing || (unseen <= 0 && this.#isAtEnd);
    text(this.#toNewest, unseen > 0 ? this.#log.count("new_row", unseen) : this.#log.words.newest);
    const { problem, words } = this.#log;
    this.#problem.hidden = !problem;
    text(this.#problem, problem ? words.problem.replace("{text}", problem) : "");
  }

  #drawDetail() {
    const { detail, isWaiting, rows, words } = this.#log;
    const note = isWaiting ? words.waiting : !detail && rows.length ? words.hint : "";
    const shown = note || detail;
    if (this.#pictured === shown) return;
    this.#pictured = shown;
    this.#detail.hidden = !shown;
    this.#picture.innerHTML = note || !detail ? "" : detail.html; // drawn and escaped by Python
    this.#note.replaceChildren(note);
    if (note || !detail) return;
    if (detail.text) this.#note.append(`${words.selected} `, element("code", "", detail.text));
    // What stands below the log moves once at most, not with every selection.
    const height = parseFloat(this.#detail.style.minHeight) || 0;
    this.#detail.style.minHeight = `${Math.min(Math.max(height, this.#picture.offsetHeight), 360)}px`;
  }

  /** Let the grid grow with its first rows, unless the reader has dragged it. @param {number} n */
  #fit(n) {
    if (this.#grid.style.height !== this.#height) return;
    const shown = Math.min(Math.max(n, FEWEST_ROWS), MOST_ROWS);
    const height = `${(shown + 1) * ROW_HEIGHT + 2}px`; // the headings, the border
    if (height !== this.#height) this.#grid.style.height = this.#height = height;
  }

  get #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#grid;
    return scrollHeight - scrollTop - clientHeight < ROW_HEIGHT;
  }

  #scrolled() {
    const isAtEnd = this.#isAtEnd;
    if (!isAtEnd) this.#isFollowing = false;
    else if (!this.#wasAtEnd) this.#isFollowing = true;
    this.#wasAtEnd = isAtEnd;
    if (isAtEnd) this.#seen = this.#newest;
    this.draw();
  }

  /** @param {MouseEvent} event */
  #point(event) {
    const row = /** @type {Element} */ (event.target).closest(".hs-log-row");
    if (row && idOf(row) !== this.#log.selected) this.#select(idOf(row));
  }

  /** @param {KeyboardEvent} event */
  #press = (event) => {
    if (!(event.target instanceof Node) || !this.#grid.contains(event.target)) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const { rows, selected } = this.#log;
    const page = Math.max(1, Math.floor(this.#grid.clientHeight / ROW_HEIGHT) - 2);
    const last = rows.length - 1;
    const at = selected === null || !rows.length ? -1 : selected - rows[0].id;
    /** @type {Record<string, number>} */
    const goals = {
      ArrowDown: at + 1,
      ArrowUp: selected === null ? last : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: last,
      Enter: at,
    };
    if (!(event.key in goals)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const row = rows[Math.min(Math.max(goals[event.key], 0), last)];
    if (!row) return;
    this.#select(row.id);
    const top = (row.id - this.#oldest) * ROW_HEIGHT; // under the headings, which take a row
    const { scrollTop, clientHeight } = this.#grid;
    this.#grid.scrollTop = Math.max(Math.min(scrollTop, top), top + 2 * ROW_HEIGHT - clientHeight);
    this.#drawNow();
    this.#rowOf(row.id)?.scrollIntoView({ block: "nearest" }); // in the notebook, too
  };

  /** @param {number} id */
  #select(id) {
    // A reader who looks at a row doesn't want it to scroll away.
    this.#isFollowing = id === this.#newest;
    this.#log.select(id);
  }

  /** @param {number} id @returns {Element | undefined} */
  #rowOf(id) {
    return this.#body.children[id - this.#from];
  }
}

/** @param {string} tag @param {string} name @param {string} [text] @returns {HTMLElement} */
function element(tag, name, text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  if (made instanceof HTMLButtonElement) made.type = "button";
  return made;
}

/** @param {Element} element @param {Record<string, string>} attributes */
function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

/** @param {Element} element @param {string} value */
function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

/** @param {Element | null} row */
function idOf(row) {
  return row instanceof HTMLElement ? Number(row.dataset.id) : 0;
}

export default () => {
  /** @type {Log} */
  let log;
  return {
    /** @param {{model: Model}} context */
    initialize({ model }) {
      log = new Log(model);
    },
    /** @param {{el: HTMLElement}} context */
    render({ el }) {
      const view = new View(log, el);
      log.show(view);
      return () => {
        log.hide(view);
        view.remove();
      };
    },
  };
};
