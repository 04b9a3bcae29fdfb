// @ts-check
/** FrameLog's list of connections, as a browser's Network panel has them on its left. */

import { element, fill, set, takeKeys, text } from "./dom.js";

/**
 * @typedef {{number: number, url: string, target: string, status: number | null, state: string,
 *            frames: number, bytes: number, open_for: number, came: number}} Connection
 * `came` is when the page heard of it, in ms of its own clock.
 */

const ENDED = new Set(["closed", "refused", "answered"]);

let lists = 0;

export class ConnectionList {
  root = element("div", "hs-log-side");
  #words;
  #choose;
  #list = element("ul", "hs-log-connections");
  #unlisted = element("p", "hs-log-unlisted");
  #name = `hs-log-list-${lists++}-${Math.random().toString(36).slice(2)}`;
  /** @type {Map<number | null, HTMLElement>} */
  #items = new Map();
  /** @type {number | null} */
  #chosen = null;
  #giveKeysBack;
  /** @type {Connection[]} */
  #connections = [];
  #clock = setInterval(() => this.#tick(), 1000);

  /**
   * @param {Record<string, string>} words
   * @param {(number: number | null) => void} choose called with the reader's choice; null for all
   */
  constructor(words, choose) {
    this.#words = words;
    this.#choose = choose;
    const heading = element("p", "hs-log-heading", words.connections);
    heading.id = `${this.#name}-heading`;
    this.#list.tabIndex = 0;
    set(this.#list, { role: "listbox", "aria-labelledby": heading.id });
    this.#list.addEventListener("click", (event) => {
      const item = /** @type {Element} */ (event.target).closest("[role=option]");
      if (item instanceof HTMLElement) this.#choose(numberOf(item));
    });
    this.#giveKeysBack = takeKeys(this.#list, (event) => this.#press(event));
    this.root.append(heading, this.#list, this.#unlisted);
  }

  remove() {
    this.#giveKeysBack();
    clearInterval(this.#clock);
  }

  /**
   * @param {Connection[]} connections oldest first
   * @param {number | null} chosen @param {number} unlisted how many older ones there are
   */
  draw(connections, chosen, unlisted) {
    this.#chosen = chosen;
    this.#connections = connections;
    const wanted = new Set([null, ...connections.map(({ number }) => number)]);
    for (const [number, item] of this.#items) {
      if (wanted.has(number)) continue;
      item.remove();
      this.#items.delete(number);
    }
    let before = this.#item(null);
    for (const connection of connections) {
      const item = this.#item(connection.number);
      this.#write(item, connection);
      if (before.nextElementSibling !== item) before.after(item);
      before = item;
    }
    for (const [number, item] of this.#items) {
      set(item, { "aria-selected": String(number === chosen) });
    }
    set(this.#list, { "aria-activedescendant": this.#item(chosen).id });
    text(this.#unlisted, unlisted ? fill(this.#words.unlisted, { n: unlisted }) : "");
  }

  /** @param {number | null} number */
  #item(number) {
    const there = this.#items.get(number);
    if (there) return there;
    const item = element("li", "hs-log-connection-item");
    item.id = `${this.#name}-${number ?? "all"}`;
    item.dataset.number = String(number ?? "");
    set(item, { role: "option", "aria-selected": "false" });
    item.append(
      element("span", "hs-log-target", number === null ? this.#words.all : ""),
      element("span", "hs-log-state"),
      element("span", "hs-log-sizes"),
    );
    this.#items.set(number, item);
    this.#list.append(item);
    return item;
  }

  /** @param {HTMLElement} item @param {Connection} connection */
  #write(item, connection) {
    const { number, url, target, status, state, frames, bytes } = connection;
    const [name, how, sizes] = item.children;
    item.title = url;
    text(name, `${number}  ${target || this.#words.no_request}`);
    text(how, [status, state].filter((part) => part !== null).join(" · "));
    item.dataset.state = state;
    const seconds = openFor(connection);
    const framed = frames === 1 ? this.#words.frame : this.#words.frames_count;
    const parts = [
      fill(framed, { n: frames }),
      fill(this.#words.bytes, { n: bytes }),
      fill(this.#words.seconds, { n: seconds.toFixed(seconds < 10 ? 1 : 0) }),
    ];
    text(sizes, parts.join(" · "));
  }

  /** What is open has been open for a second longer. */
  #tick() {
    for (const connection of this.#connections) {
      const item = this.#items.get(connection.number);
      if (item && !ENDED.has(connection.state)) this.#write(item, connection);
    }
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const numbers = [null, ...this.#connections.map(({ number }) => number)];
    const at = numbers.indexOf(this.#chosen);
    /** @type {Record<string, number>} */
    const goals = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: numbers.length - 1 };
    if (!(event.key in goals)) return false;
    event.preventDefault();
    const goal = Math.min(Math.max(goals[event.key], 0), numbers.length - 1);
    if (goal !== at) this.#choose(numbers[goal]);
    this.#items.get(numbers[goal])?.scrollIntoView({ block: "nearest" });
    return true;
  }
}

/** Seconds, as of now. @param {Connection} connection */
function openFor({ open_for, state, came }) {
  return ENDED.has(state) ? open_for : open_for + (performance.now() - came) / 1000;
}

/** @param {HTMLElement} item */
function numberOf(item) {
  return item.dataset.number ? Number(item.dataset.number) : null;
}
