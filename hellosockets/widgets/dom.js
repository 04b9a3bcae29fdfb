// @ts-check
/**
 * What every widget does to its page. Texts become text nodes: what came over a wire is never
 * read as HTML.
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {string} [name] its class @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  if (made instanceof HTMLButtonElement) made.type = "button";
  return made;
}

/** @param {Element} element @param {Record<string, string>} attributes */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}

/** Change a text only where it differs, so that a selection in it survives.
 * @param {Element} element @param {string} value */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

/**
 * Make nodes of a picture that Python drew. Whatever came over a wire was escaped there; what could
 * act all the same is taken out here.
 * @param {string} html @returns {ChildNode[]}
 */
export function markup(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const each of body.querySelectorAll("script, iframe, object, embed, link, form")) each.remove();
  for (const each of body.querySelectorAll("*")) {
    for (const { name, value } of [...each.attributes]) {
      if (/^on/i.test(name) || /^\s*javascript:/i.test(value)) each.removeAttribute(name);
    }
  }
  return [...body.childNodes];
}

/** Put values in a sentence's gaps: `{name}`.
 * @param {string} sentence @param {Record<string, string | number>} values */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (gap, name) => {
    const value = values[name];
    if (value === undefined) return gap;
    return typeof value === "number" ? value.toLocaleString("en") : value;
  });
}

/**
 * Take keys before JupyterLab does, which walks from cell to cell with them.
 * @param {HTMLElement} root where the focus must be
 * @param {(event: KeyboardEvent) => boolean} handle returns true for a key that is ours, whether or
 *   not the browser is still to do what it does with it
 * @returns {() => void} gives the keys back
 */
export function takeKeys(root, handle) {
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (!(event.target instanceof Node) || !root.contains(event.target)) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (handle(event)) event.stopImmediatePropagation();
  };
  window.addEventListener("keydown", press, { capture: true });
  return () => window.removeEventListener("keydown", press, { capture: true });
}

/** Let fields, buttons and the like keep the keys that the browser gives them.
 * @param {HTMLElement} root @returns {() => void} */
export function keepKeys(root) {
  return takeKeys(root, (event) => event.key !== "Tab" && event.key !== "Escape");
}

/** Draw before the next picture of the screen, however often somebody asks until then. */
export class Drawing {
  #draw;
  #frame = 0;

  /** @param {() => void} draw */
  constructor(draw) {
    this.#draw = draw;
  }

  /** Draw soon. */
  ask() {
    this.#frame ||= requestAnimationFrame(() => this.now());
  }

  /** Draw at once. */
  now() {
    this.stop();
    this.#draw();
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
}

/** True where the reader has asked for less motion. */
export function prefersStillness() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * The two halves of a widget whose views all show the same: the newest message of one type.
 * @param {string} type whose newest message a view that comes later gets, too
 * @param {(model: any, el: HTMLElement) => {hear(message: any): void, remove(): void}} makeView
 */
export function mirrored(type, makeView) {
  return () => {
    /** @type {Set<{hear(message: any): void, remove(): void}>} */
    const views = new Set();
    /** @type {object | null} */
    let newest = null;
    return {
      /** @param {{model: any}} context */
      initialize({ model }) {
        model.on("msg:custom", (/** @type {any} */ message) => {
          if (message.type === type) newest = message;
          for (const view of views) view.hear(message);
        });
        model.send({ type: "hello" });
      },
      /** @param {{model: any, el: HTMLElement}} context */
      render({ model, el }) {
        el.classList.add("hs");
        const view = makeView(model, el);
        views.add(view);
        if (newest) view.hear(newest);
        else model.send({ type: "hello" });
        return () => {
          views.delete(view);
          view.remove();
        };
      },
    };
  };
}
