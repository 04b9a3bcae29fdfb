// @ts-check
/**
 * The page's half of FrameLog. One Log for each model: what it knows of Python's lines, whatever the
 * number of its views. One View for each place where it is shown: connections on the left, panes on
 * the right, and under the rows everything there is about the selected one.
 *
 * What came over a wire reaches the page as text nodes. Panes and pictures are HTML: Python has
 * drawn them, and escaped there whatever came over a wire.
 */

import { Drawing, element, fill, keepKeys, set, takeKeys, text } from "./dom.js";
import { FrameView } from "./frame_inspector.js";
import { ConnectionList } from "./log_connections.js";
import { Grid } from "./log_grid.js";

/** @typedef {import("./log_grid.js").Row} Row */
/** @typedef {import("./log_connections.js").Connection} Connection */
/** @typedef {{get(name: string): any, send(message: object): void,
 *             on(name: string, listener: (message: any) => void): void}} Model */
/** @typedef {{text: string, speaker: string, opcode: string, control: string, note: string}} Filter */
/** @typedef {{id: number, html?: string, frame?: object, text?: string}} Detail */

const TABS = ["headers", "messages", "frames", "timing", "cookies"];
const LISTS = new Set(["messages", "frames"]); // the tabs with rows

const PATIENCE = 400; // ms without an answer, until the log says that it waits
const ASK_AGAIN = 2000; // ms without an answer, until everything is asked for again; then twice that
const ROWS_AGAIN = 1000; // ms, until rows that didn't come are asked for again
const AROUND = 60; // rows asked for beside those that are missing
const MOST_KEPT = 3000; // rows in the page's memory
const PANE_INTERVAL = 1000; // ms between two drawings of a pane whose connection lives
const TYPING = 200; // ms after the last key, until the filter counts

/** What the page knows of the log; talks with Python. */
class Log {
  first = 0;
  generation = -1;
  several = false;
  /** Counts of what Python holds, and how the buffer is doing. */
  facts = { end: 0, held: 0, dropped: 0, skipped: 0, unlisted: 0, behind: false };
  /** @type {Map<number, Connection>} */
  connections = new Map();
  /** @type {number | null} The connection that is shown; null for all. */
  connection = null;
  /** @type {Filter} */
  filter = { text: "", speaker: "", opcode: "", control: "show", note: "" };
  view = "frames"; // as Python has it
  tab = "frames";
  isChrome = false;
  /** @type {number | null} Where the end was when the reader pressed Pause. */
  pausedAt = null;
  problem = "";
  /** @type {number | null} Id of the selected row, and its position, as far as it is known. */
  selected = null;
  /** @type {number | null} */
  selectedAt = null;
  /** @type {Detail | null} What is shown of the selected row; null until it comes. */
  detail = null;
  isWaiting = false; // for it, longer than people like
  /** @type {{key: string, html: string} | null} The pane that is shown instead of rows. */
  pane = null;
  /** @type {{connection: number, hidden: Record<string, number>} | null} */
  hidden = null;
  /** @type {Set<View>} */
  views = new Set();
  // This module is loaded anew for each log, so chance alone tells their rows' ids apart.
  name = `hs-log-${Math.random().toString(36).slice(2)}`;

  /** @type {Model} */
  #model;
  /** @type {Map<number, Row>} Rows by their positions. */
  #rows = new Map();
  /** @type {{from: number, to: number, time: number} | null} Rows that were asked for. */
  #asked = null;
  /** @type {number | null} A position to select as soon as its row comes. */
  #wanted = null;
  /** @type {number | null} Number of the last batch; null before the first snapshot. */
  #batch = null;
  #asking = 0; // the timer that asks again, as long as everything was asked for and hasn't come
  #saidBye = false; // and showed no view since
  #paneAsked = { key: "", time: -Infinity, timer: 0 };

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    this.words = model.get("_strings");
    this.opcodes = model.get("_opcodes");
    this.allColumns = model.get("_columns");
    model.on("msg:custom", (message) => this.#receive(message));
  }

  get columns() {
    return this.allColumns[this.view];
  }

  get isMixed() {
    return this.several && this.connection === null;
  }

  get end() {
    return this.pausedAt ?? this.facts.end;
  }

  /** The connection that the panes are about: the chosen one, or the only one. */
  get one() {
    const only = this.several ? undefined : [...this.connections.keys()][0];
    return this.connection ?? only ?? null;
  }

  /** @param {View} view */
  show(view) {
    this.views.add(view);
    this.#saidBye = false;
    if (this.views.size === 1) this.#hello();
  }

  /** @param {View} view */
  hide(view) {
    this.views.delete(view);
    if (!this.views.size) this.#rest();
  }

  // Rows, as the grid asks for them.

  /** @param {number} position */
  rowAt(position) {
    return this.#rows.get(position);
  }

  /** @param {number} from @param {number} to */
  need(from, to) {
    let start = from;
    while (start < to && this.#rows.has(start)) start++;
    let end = to;
    while (end > start && this.#rows.has(end - 1)) end--;
    if (start >= end) return;
    const now = performance.now();
    const asked = this.#asked;
    const isOnItsWay = asked && asked.from <= start && end <= asked.to;
    if (isOnItsWay && now - asked.time < ROWS_AGAIN) return;
    this.#asked = { from: Math.max(this.first, start - AROUND), to: end + AROUND, time: now };
    this.#model.send({ type: "ask", generation: this.generation, ...this.#asked });
    setTimeout(() => this.#draw(), ROWS_AGAIN); // should the answer get lost
  }

  /** @param {number} position */
  selectAt(position) {
    const row = this.#rows.get(position);
    this.#wanted = row ? null : position;
    this.selectedAt = position;
    if (row) this.select(row.id);
    else this.need(position, position + 1);
    this.#draw();
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

  // What the reader wants to see.

  /** @param {string} tab */
  open(tab) {
    this.tab = tab;
    if (LISTS.has(tab)) this.look();
    this.#askForPane();
    this.#draw();
  }

  /** @param {number | null} number */
  choose(number) {
    this.connection = number;
    this.look();
    this.#askForPane();
    this.#draw();
  }

  /** @param {Partial<Filter>} changes */
  wish(changes) {
    Object.assign(this.filter, changes);
    this.look();
  }

  /** @param {boolean} isChrome */
  showAsChrome(isChrome) {
    this.isChrome = isChrome;
    this.look();
    this.#askForHidden();
    this.#draw();
  }

  pause() {
    this.pausedAt = this.pausedAt === null ? this.facts.end : null;
    this.#draw();
  }

  clear() {
    this.pausedAt = null;
    this.#model.send({ type: "clear" });
  }

  /** Ask Python for other rows. */
  look() {
    const rows = this.tab === "messages" ? "messages" : "frames";
    const view = this.isChrome ? "chrome" : rows;
    this.pausedAt = null;
    const { connection, filter } = this;
    this.#model.send({ type: "look", view, connection, filter });
  }

  // Between page and Python.

  /** Nobody sees the log: Python need not send anything until somebody does. */
  #rest() {
    clearTimeout(this.#asking);
    clearTimeout(this.#paneAsked.timer);
    this.#asking = 0;
    this.#batch = null;
    if (!this.#saidBye) this.#model.send({ type: "bye" });
    this.#saidBye = true;
  }

  /** Ask for everything, until it comes. @param {number} wait */
  #hello(wait = ASK_AGAIN) {
    if (this.#asking) return;
    this.#asking = setTimeout(() => {
      this.#asking = 0;
      this.#hello(2 * wait); // the kernel may have a cell to run first
    }, wait);
    this.#model.send({ type: "hello" });
  }

  /** @param {any} message */
  #receive(message) {
    if (!this.views.size) {
      // A page that was left without a word. Said once: another page may show the log.
      if (message.type === "news") this.#rest();
      return;
    }
    switch (message.type) {
      case "snapshot":
        this.#takeSnapshot(message);
        break;
      case "news":
        if (this.#batch === null || message.batch <= this.#batch) return; // the snapshot has it
        if (message.batch > this.#batch + 1) return this.#hello(); // one got lost
        this.#batch = message.batch;
        this.#count(message);
        this.#keep(message);
        this.#meet(message.connections);
        break;
      case "rows":
        if (message.generation !== this.generation) return;
        this.#asked = null;
        this.#keep(message);
        break;
      case "count": // of the batches that were sent
        if (this.#batch !== message.batch) this.#hello();
        return;
      case "bye": // another page no longer shows the log: this one does
        return this.#hello();
      case "detail":
        if (message.id !== this.selected) return; // the reader has gone on
        this.detail = message;
        this.isWaiting = false;
        break;
      case "pane":
        this.pane = { key: `${message.name} ${message.connection}`, html: message.html };
        break;
      case "hidden":
        this.hidden = message;
        break;
      case "problem":
        this.problem = message.text;
        break;
    }
    this.#draw();
  }

  /** @param {any} message */
  #takeSnapshot(message) {
    clearTimeout(this.#asking);
    this.#asking = 0;
    this.#batch = message.batch;
    this.#rows.clear();
    this.#asked = null;
    this.selectedAt = null;
    const isOtherView = this.view !== message.view;
    this.view = message.view;
    this.isChrome = message.view === "chrome";
    if (LISTS.has(this.tab) && !this.isChrome) this.tab = message.view;
    this.connection = message.connection;
    this.filter = message.filter;
    this.problem = message.problem;
    this.connections.clear();
    this.#count(message);
    this.#keep(message);
    this.#meet(message.connections);
    const selected = this.selected ?? message.selected;
    // Among messages, a frame's row stands for its message, and the other way round.
    if (selected !== null && (this.selected === null || isOtherView)) this.select(selected);
  }

  /** @param {any} message */
  #count({ generation, first, end, held, dropped, skipped, several, unlisted, behind }) {
    Object.assign(this, { generation, first, several });
    this.facts = { end, held, dropped, skipped, unlisted, behind };
  }

  /** @param {{at: number, rows: Row[]}} message */
  #keep({ at, rows }) {
    rows.forEach((row, i) => {
      this.#rows.set(at + i, row);
      if (row.id === this.selected) this.selectedAt = at + i;
    });
    for (const position of this.#rows.keys()) {
      if (this.#rows.size <= MOST_KEPT) break;
      if (![...this.views].some((view) => view.shows(position))) this.#rows.delete(position);
    }
    const wanted = this.#wanted === null ? undefined : this.#rows.get(this.#wanted);
    if (!wanted) return;
    this.#wanted = null;
    this.select(wanted.id);
  }

  /** @param {Connection[]} connections */
  #meet(connections) {
    const came = performance.now();
    for (const each of connections) this.connections.set(each.number, { ...each, came });
    const most = Math.max(...connections.map(({ number }) => number), 0);
    if (connections.some(({ number }) => number === this.one)) {
      this.#askForPane();
      this.#askForHidden();
    }
    if (this.connections.size <= 200 || !most) return;
    for (const number of [...this.connections.keys()].sort((a, b) => a - b).slice(0, -200)) {
      if (number !== this.connection) this.connections.delete(number);
    }
  }

  /** A pane is drawn by Python: now, and again when its connection has gone on. */
  #askForPane() {
    const number = this.one;
    if (LISTS.has(this.tab) || number === null) return;
    const key = `${this.tab} ${number}`;
    const asked = this.#paneAsked;
    const wait = asked.key === key ? asked.time + PANE_INTERVAL - performance.now() : 0;
    clearTimeout(asked.timer);
    const ask = () => {
      this.#paneAsked = { key, time: performance.now(), timer: 0 };
      this.#model.send({ type: "pane", name: this.tab, connection: number });
    };
    if (wait <= 0) ask();
    else asked.timer = setTimeout(() => this.#askForPane(), wait);
  }

  #askForHidden() {
    const number = this.one;
    if (this.isChrome && number !== null) {
      this.#model.send({ type: "pane", name: "hidden", connection: number });
    }
  }

  #draw() {
    for (const view of this.views) view.draw();
  }
}

/** One place where a log is shown. */
class View {
  #log;
  #words;
  #root;
  #count = element("span", "hs-log-count");
  #dropped = element("span", "hs-log-dropped");
  #skipped = element("span", "hs-log-skipped");
  #toNewest = element("button", "hs-log-newest");
  #pause = element("button", "hs-log-button");
  #clear = element("button", "hs-log-button");
  #problem = element("p", "hs-log-problem hs-verdict");
  #tabs = element("div", "hs-log-tabs");
  #list;
  #rows = element("div", "hs-log-rows");
  #pane = element("div", "hs-log-pane");
  #grid;
  #empty = element("p", "hs-log-empty");
  #detail = element("div", "hs-log-detail");
  #picture = element("div", "hs-log-picture");
  #note = element("p", "hs-log-note");
  #tools;
  /** @type {FrameView | null} */
  #frameView = null;
  /** @type {object | string | null} What stands under the rows. */
  #pictured = null;
  #panePictured = "";
  #drawing = new Drawing(() => this.#draw());
  /** @type {(() => void)[]} */
  #leave = [];

  /** @param {Log} log @param {HTMLElement} root */
  constructor(log, root) {
    this.#log = log;
    this.#root = root;
    this.#words = log.words;
    root.classList.add("hs", "hs-log");
    const bar = element("div", "hs-log-bar");
    const title = element("span", "hs-log-title", log.words.title);
    const push = element("span", "hs-log-push");
    bar.append(title, this.#count, this.#dropped, this.#skipped, push, this.#toNewest);
    bar.append(this.#pause, this.#clear);
    this.#list = new ConnectionList(log.words, (number) => log.choose(number));
    this.#grid = new Grid(log, log.words, () => this.#drawBar());
    this.#tools = new Tools(log);
    const frame = element("div", "hs-log-frame");
    frame.append(this.#grid.root, this.#empty);
    this.#detail.append(this.#picture, this.#note);
    this.#rows.append(this.#tools.root, frame, this.#detail);
    const main = element("div", "hs-log-main");
    main.append(this.#tabs, this.#rows, this.#pane);
    const both = element("div", "hs-log-both");
    both.append(this.#list.root, main);
    root.append(bar, both, this.#problem);
    this.#makeTabs();
    set(this.#problem, { role: "alert" });
    set(this.#pane, { role: "tabpanel", tabindex: "0" });
    set(this.#rows, { role: "tabpanel" });
    set(this.#detail, { role: "region", "aria-label": log.words.detail });
    set(this.#note, { role: "status" }); // read aloud; the picture would be too long
    this.#toNewest.addEventListener("click", () => this.#grid.follow());
    this.#pause.addEventListener("click", () => log.pause());
    this.#clear.addEventListener("click", () => log.clear());
    text(this.#clear, log.words.clear);
    root.addEventListener("click", (event) => this.#copy(event));
    this.#leave.push(keepKeys(this.#pane), keepKeys(this.#picture));
    this.draw();
  }

  remove() {
    for (const leave of this.#leave) leave();
    this.#grid.remove();
    this.#list.remove();
    this.#tools.remove();
    this.#frameView?.remove();
    this.#drawing.stop();
  }

  /** @param {number} position @returns {boolean} whether it may be in sight */
  shows(position) {
    return this.#grid.isNear(position);
  }

  draw() {
    this.#drawing.ask();
  }

  #makeTabs() {
    set(this.#tabs, { role: "tablist", "aria-label": this.#words.panes });
    for (const tab of TABS) {
      const button = element("button", "hs-log-tab", this.#words[tab]);
      button.dataset.tab = tab;
      button.id = `${this.#log.name}-${tab}-${Math.random().toString(36).slice(2)}`;
      set(button, { role: "tab" });
      button.addEventListener("click", () => this.#log.open(tab));
      this.#tabs.append(button);
    }
    this.#leave.push(
      takeKeys(this.#tabs, (event) => {
        const at = TABS.indexOf(this.#log.tab);
        /** @type {Record<string, number>} */
        const goals = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: TABS.length - 1 };
        if (!(event.key in goals)) return event.key === "Enter" || event.key === " ";
        event.preventDefault();
        const goal = (goals[event.key] + TABS.length) % TABS.length;
        this.#log.open(TABS[goal]);
        this.#drawTabs();
        /** @type {HTMLElement} */ (this.#tabs.children[goal]).focus();
        return true;
      }),
    );
  }

  #draw() {
    const { connections, connection, facts } = this.#log;
    const listed = [...connections.values()].sort((a, b) => a.number - b.number);
    this.#list.draw(listed, connection, facts.unlisted);
    this.#drawTabs();
    this.#tools.draw();
    this.#grid.draw();
    this.#drawBar();
    this.#drawPane();
    this.#drawDetail();
  }

  #drawTabs() {
    const { tab } = this.#log;
    for (const button of this.#tabs.children) {
      const isOpen = /** @type {HTMLElement} */ (button).dataset.tab === tab;
      set(button, { "aria-selected": String(isOpen), tabindex: isOpen ? "0" : "-1" });
      if (isOpen) set(LISTS.has(tab) ? this.#rows : this.#pane, { "aria-labelledby": button.id });
    }
    this.#rows.hidden = !LISTS.has(tab);
    this.#pane.hidden = LISTS.has(tab);
  }

  #drawBar() {
    const { facts, first, end, filter, connection, view, pausedAt, problem } = this.#log;
    const rows = facts.end - first;
    const isFiltered = rows !== facts.held;
    const n = { n: rows, held: facts.held };
    const counted = fill(rows === 1 ? this.#words.row : this.#words.rows, n);
    const some = isFiltered ? fill(this.#words.matching, n) : counted;
    text(this.#count, facts.behind ? `${some}, ${this.#words.behind}` : some);
    text(this.#dropped, this.#number("dropped_row", facts.dropped));
    text(this.#skipped, this.#number("skipped_connection", facts.skipped));
    const { unseen, isFollowing, isAtEnd } = this.#grid;
    const isList = LISTS.has(this.#log.tab);
    const isPaused = pausedAt !== null;
    text(this.#pause, isPaused ? this.#words.resume : this.#words.pause);
    set(this.#pause, { "aria-pressed": String(isPaused) });
    this.#toNewest.hidden = isPaused || !isList || isFollowing || (unseen <= 0 && isAtEnd);
    text(this.#toNewest, this.#number("new_row", Math.max(0, unseen)) || this.#words.newest);
    this.#empty.hidden = end > first;
    const isAll = !filter.text && !filter.speaker && !filter.opcode && filter.control === "show";
    const nothing = isAll && connection === null && view === "frames" ? "empty" : "no_match";
    text(this.#empty, this.#words[view !== "frames" && isAll ? "no_messages" : nothing]);
    this.#problem.hidden = !problem;
    text(this.#problem, problem ? fill(this.#words.problem, { text: problem }) : "");
  }

  /** @param {string} name @param {number} n */
  #number(name, n) {
    return n ? fill(this.#words[n === 1 ? name : `${name}s`], { n }) : "";
  }

  #drawPane() {
    const { tab, one, pane } = this.#log;
    if (LISTS.has(tab)) return;
    const hint = element("p", "hs-note", this.#words.pick);
    const html = one === null ? hint.outerHTML : pane?.key === `${tab} ${one}` ? pane.html : "";
    if (html === this.#panePictured) return;
    this.#panePictured = html;
    const open = [...this.#pane.querySelectorAll("details")].map((details) => details.open);
    this.#pane.innerHTML = html; // drawn and escaped by Python
    this.#pane.querySelectorAll("details").forEach((details, i) => {
      if (open[i] !== undefined) details.open = open[i];
    });
  }

  #drawDetail() {
    const { detail, isWaiting, end, first, words } = this.#log;
    const note = isWaiting ? words.waiting : !detail && end > first ? words.hint : "";
    const shown = note || detail;
    if (this.#pictured === shown) return;
    this.#pictured = shown;
    this.#detail.hidden = !shown;
    this.#drawPicture(note ? null : detail);
    this.#note.replaceChildren(note);
    if (note || !detail) return;
    if (detail.text) this.#note.append(`${words.selected} `, element("code", "", detail.text));
    // What stands below the log moves once at most, not with every selection.
    const height = parseFloat(this.#detail.style.minHeight) || 0;
    this.#detail.style.minHeight = `${Math.min(Math.max(height, this.#picture.offsetHeight), 360)}px`;
  }

  /** @param {Detail | null} detail */
  #drawPicture(detail) {
    if (detail?.frame) {
      if (!this.#frameView) {
        this.#picture.replaceChildren();
        this.#frameView = new FrameView(this.#picture, this.#words.inspector);
      }
      this.#frameView.show(detail.frame);
      return;
    }
    this.#frameView?.remove();
    this.#frameView = null;
    this.#picture.innerHTML = detail?.html ?? ""; // drawn and escaped by Python
  }

  /** Copy what a button names, e.g. a command for a shell. @param {MouseEvent} event */
  #copy(event) {
    const button = /** @type {Element} */ (event.target).closest("[data-hs-copy]");
    if (!(button instanceof HTMLElement)) return;
    const said = element("span", "hs-log-copied");
    set(said, { role: "status" });
    button.parentElement?.querySelector(".hs-log-copied")?.remove();
    button.after(said);
    const source = button.closest(".hs-copy")?.querySelector("code");
    const value = source?.textContent ?? "";
    navigator.clipboard?.writeText(value).then(
      () => text(said, this.#words.copied),
      () => this.#selectText(source, said),
    ) ?? this.#selectText(source, said);
  }

  /** @param {Element | null | undefined} source @param {Element} said */
  #selectText(source, said) {
    if (source) getSelection()?.selectAllChildren(source);
    text(said, this.#words.not_copied);
  }
}

/** The row of controls above the rows: what to show of them. */
class Tools {
  root = element("div", "hs-log-tools");
  #log;
  #words;
  #filter = element("input", "hs-log-filter");
  #speaker = element("select");
  #opcode = element("select");
  #fold = element("input");
  #chrome = element("input");
  #said = element("span", "hs-log-said");
  #typing = 0;
  #giveKeysBack;

  /** @param {Log} log */
  constructor(log) {
    this.#log = log;
    const words = (this.#words = log.words);
    this.#filter.type = "search";
    this.#filter.placeholder = words.filter_hint;
    this.#filter.spellcheck = false;
    set(this.#filter, { "aria-label": `${words.filter}: ${words.filter_hint}` });
    this.#filter.addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => log.wish({ text: this.#filter.value }), TYPING);
    });
    options(this.#speaker, { "": words.everybody, client: words.client, server: words.server });
    this.#speaker.addEventListener("change", () => log.wish({ speaker: this.#speaker.value }));
    options(this.#opcode, { "": words.any_opcode, ...log.opcodes });
    this.#opcode.addEventListener("change", () => log.wish({ opcode: this.#opcode.value }));
    this.#fold.type = this.#chrome.type = "checkbox";
    this.#fold.addEventListener("change", () => {
      log.wish({ control: this.#fold.checked ? "fold" : "show" });
    });
    this.#chrome.addEventListener("change", () => log.showAsChrome(this.#chrome.checked));
    set(this.#speaker, { "aria-label": words.speaker });
    set(this.#opcode, { "aria-label": words.opcode });
    set(this.root, { role: "group", "aria-label": words.tools });
    set(this.#said, { role: "status" });
    this.root.append(
      this.#filter,
      this.#speaker,
      this.#opcode,
      labelled(this.#fold, words.fold),
      labelled(this.#chrome, words.chrome),
      this.#said,
    );
    this.#giveKeysBack = keepKeys(this.root);
  }

  remove() {
    this.#giveKeysBack();
    clearTimeout(this.#typing);
  }

  draw() {
    const { filter, isChrome, pausedAt, facts } = this.#log;
    if (document.activeElement !== this.#filter) this.#filter.value = filter.text;
    this.#speaker.value = filter.speaker;
    this.#opcode.value = filter.opcode;
    this.#fold.checked = filter.control === "fold";
    this.#chrome.checked = isChrome;
    this.#opcode.disabled = this.#fold.disabled = isChrome;
    const isPaused = pausedAt !== null;
    const meanwhile = isPaused ? fill(this.#words.paused, { n: facts.end - pausedAt }) : "";
    const said = [meanwhile, filter.note, isChrome ? this.#hidden() : ""].filter(Boolean);
    text(this.#said, said.join(" "));
  }

  /** What Chrome hides, counted. */
  #hidden() {
    const { hidden, one } = this.#log;
    if (one === null) return this.#words.hidden_pick;
    if (hidden === null || hidden.connection !== one) return "";
    const counts = Object.entries(hidden.hidden).filter(([, n]) => n);
    if (!counts.length) return this.#words.hidden_nothing;
    const n = counts.reduce((sum, [, count]) => sum + count, 0);
    const what = counts.map(([name, count]) => `${count.toLocaleString("en")} ${name}`).join(", ");
    return fill(this.#words.hidden, { n, what });
  }
}

/** @param {HTMLSelectElement} select @param {Record<string, string>} values value: what it says */
function options(select, values) {
  for (const [value, says] of Object.entries(values)) {
    const option = element("option", "", says);
    option.value = value;
    // "" comes first: an object puts numbers before it.
    if (value) select.append(option);
    else select.prepend(option);
  }
}

/** @param {HTMLInputElement} input @param {string} says */
function labelled(input, says) {
  const label = element("label", "hs-log-check");
  label.append(input, element("span", "", says));
  return label;
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
