// @ts-check
/**
 * Phoenix's channels over one WebSocket: what a page says and hears, when it sends a heartbeat, and
 * when it tries again. Times are in milliseconds.
 */

/** A message: [join_ref, ref, topic, event, payload].
 * @typedef {[string | null, string | null, string, string, any]} Message */
/** @typedef {"client" | "server"} Speaker */

export const HEARTBEAT_INTERVAL = 30_000; // an answer may take as long
const ANSWER_TIMEOUT = 10_000;
const RECONNECT_AFTER = [10, 50, 100, 150, 200, 250, 500, 1000, 2000, 5000]; // and so on
const REJOIN_AFTER = [1000, 2000, 5000, 10_000]; // and so on
const MAX_WAITING = 100; // pushes that one channel keeps until it is joined
const NORMAL_CLOSURE = 1000; // RFC 6455 §7.4.1

/** @param {number[]} delays @param {number} tries how many there were already */
const delay = (delays, tries) => delays[Math.min(tries, delays.length - 1)];

/** A timer that knows when it rings. */
class Timer {
  /** @type {number | null} As Date.now() says it; null while it is off. */
  at = null;
  #ring;
  #id = 0;

  /** @param {() => void} ring */
  constructor(ring) {
    this.#ring = ring;
  }

  /** @param {number} after */
  start(after) {
    this.stop();
    this.at = Date.now() + after;
    this.#id = setTimeout(() => {
      this.at = null;
      this.#ring();
    }, after);
  }

  stop() {
    this.at = null;
    clearTimeout(this.#id);
  }
}

/** A WebSocket that comes back by itself. */
export class Socket {
  /** @type {"connecting" | "open" | "closing" | "closed"} */
  state = "closed";
  tries = 0; // to reconnect, since it was open last
  wasOpen = false; // at least once
  /** @type {{code: number, reason: string, wanted: boolean} | null} How it ended last. */
  end = null;
  /** @type {{asked: number, answered: number} | null} When the last answered heartbeat was. */
  heartbeat = null;
  /** @type {Set<Channel>} Those that are joined, or want to be. */
  channels = new Set();

  #changed;
  #passed;
  #isTelling = false;
  #ref = 0;
  /** @type {WebSocket | null} */
  #webSocket = null;
  #reconnect = new Timer(() => {
    this.tries += 1;
    this.connect();
  });
  #rest = new Timer(() => this.#askForLife());
  #patience = new Timer(() => this.#giveUp());
  /** @type {{ref: string, at: number} | null} The heartbeat that has no answer yet. */
  #asked = null;

  /**
   * @param {string} url
   * @param {() => void} [changed] called soon after anything about it or its channels has changed
   * @param {(speaker: Speaker, data: string | ArrayBuffer) => void} [passed] called for each message
   */
  constructor(url, changed = () => {}, passed = () => {}) {
    this.url = url;
    this.#changed = changed;
    this.#passed = passed;
  }

  get isOpen() {
    return this.state === "open";
  }

  /** When it tries again; null if it doesn't. */
  get reconnectsAt() {
    return this.#reconnect.at;
  }

  /** When the next heartbeat is due; null while one waits for its answer, or nobody listens. */
  get heartbeatAt() {
    return this.#rest.at;
  }

  /** When the heartbeat must be answered; null while none waits. */
  get answerDueAt() {
    return this.#patience.at;
  }

  connect() {
    if (this.#webSocket) return;
    this.#reconnect.stop();
    const webSocket = new WebSocket(this.url);
    webSocket.binaryType = "arraybuffer";
    this.#webSocket = webSocket;
    this.#become("connecting");
    // Of a connection that was given up, nothing is heard any more.
    webSocket.addEventListener("open", () => {
      if (webSocket === this.#webSocket) this.#opened();
    });
    webSocket.addEventListener("message", ({ data }) => {
      if (webSocket === this.#webSocket) this.#receive(data);
    });
    webSocket.addEventListener("close", ({ code, reason }) => {
      if (webSocket === this.#webSocket) this.#closed(code, reason);
    });
  }

  /** Close it, and stay away until the next `connect`. */
  disconnect() {
    this.#reconnect.stop();
    if (this.end) this.end.wanted = true;
    this.#become(this.#webSocket ? "closing" : "closed");
    this.#webSocket?.close(NORMAL_CLOSURE);
  }

  /** Reconnect now, if it would do so later. */
  hurry() {
    if (this.reconnectsAt !== null) this.connect();
  }

  makeRef() {
    this.#ref += 1;
    return String(this.#ref);
  }

  /** @param {Message | string} message a string goes as it is */
  send(message) {
    if (!this.isOpen) return;
    const text = typeof message === "string" ? message : JSON.stringify(message);
    this.#webSocket?.send(text);
    this.#passed("client", text);
  }

  /** Tell that something has changed, once for all that changes now. */
  tell() {
    if (this.#isTelling) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      this.#changed();
    });
  }

  /** @param {Socket["state"]} state */
  #become(state) {
    this.state = state;
    this.tell();
  }

  #opened() {
    this.tries = 0;
    this.wasOpen = true;
    this.end = null;
    this.#rest.start(HEARTBEAT_INTERVAL);
    this.#become("open");
    queueMicrotask(() => { // that it is open is told before anything is sent
      for (const channel of this.channels) channel.socketOpened();
    });
  }

  /** @param {number} code @param {string} reason */
  #closed(code, reason) {
    const isWanted = this.state === "closing";
    this.#end(code, reason, isWanted);
    // As in Phoenix's client: who says goodbye in good order isn't called back.
    if (!isWanted && code !== NORMAL_CLOSURE) this.#reconnect.start(delay(RECONNECT_AFTER, this.tries));
    this.#become("closed");
  }

  /** @param {number} code @param {string} reason @param {boolean} [wanted] by this page */
  #end(code, reason, wanted = false) {
    this.#webSocket = null;
    this.#asked = null;
    this.#rest.stop();
    this.#patience.stop();
    // That a try to reconnect has failed is no news.
    if (this.state !== "connecting" || !this.end) this.end = { code, reason, wanted };
    this.state = "closed";
    for (const channel of this.channels) channel.socketClosed();
  }

  #askForLife() {
    const ref = this.makeRef();
    this.#asked = { ref, at: Date.now() };
    this.send([null, ref, "phoenix", "heartbeat", {}]);
    this.#patience.start(HEARTBEAT_INTERVAL);
    this.tell();
  }

  #giveUp() {
    const reason = "heartbeat timeout";
    this.#webSocket?.close(NORMAL_CLOSURE, reason); // nobody may be there to answer: don't wait
    this.#end(NORMAL_CLOSURE, reason);
    this.#reconnect.start(delay(RECONNECT_AFTER, this.tries));
    this.tell();
  }

  /** @param {string | ArrayBuffer} data */
  #receive(data) {
    this.#passed("server", data);
    const message = read(data);
    if (!message) return;
    const [joinRef, ref, topic, event, payload] = message;
    if (ref !== null && ref === this.#asked?.ref) {
      this.heartbeat = { asked: this.#asked.at, answered: Date.now() };
      this.#asked = null;
      this.#patience.stop();
      this.#rest.start(HEARTBEAT_INTERVAL);
      this.tell();
    }
    for (const channel of this.channels) {
      if (channel.topic === topic) channel.receive(joinRef, ref, event, payload);
    }
  }
}

/** One topic. It is joined again by itself, with the answers of other programs in mind. */
export class Channel {
  /** @type {"closed" | "errored" | "joined" | "joining" | "leaving"} As Phoenix calls them. */
  state = "closed";
  reason = ""; // why it is errored or closed
  tries = 0; // to join, since that worked last

  #socket;
  #payload;
  #heard;
  /** @type {string | null} */
  #joinRef = null;
  /** @type {string | null} */
  #leaveRef = null;
  /** @type {[string, any][]} */
  #waiting = [];
  #rejoin = new Timer(() => this.#ask());
  #patience = new Timer(() => this.#timedOut());

  /**
   * @param {Socket} socket
   * @param {string} topic
   * @param {object} [payload] sent with the join
   * @param {(event: string, payload: any) => void} [heard] called for each event while joined
   */
  constructor(socket, topic, payload = {}, heard = () => {}) {
    this.#socket = socket;
    this.topic = topic;
    this.#payload = payload;
    this.#heard = heard;
  }

  /** When it asks again; null if it doesn't. */
  get rejoinsAt() {
    return this.#rejoin.at;
  }

  /** How many pushes wait until it is joined. */
  get waiting() {
    return this.#waiting.length;
  }

  join() {
    this.#socket.channels.add(this);
    this.tries = 0;
    if (this.#socket.isOpen) this.#ask();
    else this.#become("errored", "waiting for the WebSocket");
  }

  leave() {
    this.#rejoin.stop();
    this.#patience.stop();
    if (!this.#socket.isOpen) {
      this.#close("left");
      return;
    }
    this.#leaveRef = this.#socket.makeRef();
    this.#patience.start(ANSWER_TIMEOUT);
    this.#become("leaving");
    this.#socket.send([this.#joinRef, this.#leaveRef, this.topic, "phx_leave", {}]);
  }

  /**
   * Send an event now, or as soon as it is joined.
   * @param {string} event
   * @param {any} payload
   * @returns {boolean} false if there are too many already that wait
   */
  push(event, payload) {
    if (this.state === "joined") {
      this.#socket.send([this.#joinRef, this.#socket.makeRef(), this.topic, event, payload]);
      return true;
    }
    if (this.waiting >= MAX_WAITING) return false;
    this.#waiting.push([event, payload]);
    this.#socket.tell();
    return true;
  }

  socketOpened() {
    this.tries = 0;
    if (this.state === "errored") this.#ask();
  }

  socketClosed() {
    this.#rejoin.stop();
    this.#patience.stop();
    if (this.state === "leaving") this.#close("left");
    else this.#become("errored", "waiting for the WebSocket");
  }

  /**
   * @param {string | null} joinRef
   * @param {string | null} ref
   * @param {string} event
   * @param {any} payload
   */
  receive(joinRef, ref, event, payload) {
    if (joinRef !== null && joinRef !== this.#joinRef) return; // meant for an earlier join
    if (event === "phx_reply" && ref !== null && ref === this.#leaveRef) this.#close("left");
    else if (event === "phx_close") this.#close(this.#leaveRef ? "left" : "the server closed it");
    else if (event === "phx_error" && this.state !== "leaving") this.#fail("it crashed on the server");
    else if (event === "phx_reply" && ref === this.#joinRef) this.#answered(payload);
    else if (this.state === "joined") this.#heard(event, payload);
  }

  #ask() {
    this.#rejoin.stop();
    this.tries += 1;
    this.#joinRef = this.#socket.makeRef();
    this.#patience.start(ANSWER_TIMEOUT);
    this.#become("joining");
    this.#socket.send([this.#joinRef, this.#joinRef, this.topic, "phx_join", this.#payload]);
  }

  /** @param {any} payload of the reply to the join */
  #answered(payload) {
    if (this.state !== "joining") return;
    if (payload?.status !== "ok") {
      const reason = payload?.response?.reason;
      this.#fail(`refused: ${typeof reason === "string" ? reason : JSON.stringify(payload?.response)}`);
      return;
    }
    this.#patience.stop();
    this.tries = 0;
    this.#become("joined");
    for (const [event, content] of this.#waiting.splice(0)) this.push(event, content);
    this.#socket.tell();
  }

  #timedOut() {
    if (this.state === "leaving") {
      this.#close("left");
      return;
    }
    this.#socket.send([this.#joinRef, this.#socket.makeRef(), this.topic, "phx_leave", {}]);
    this.#fail("no answer came in time");
  }

  /** @param {string} reason */
  #fail(reason) {
    this.#patience.stop();
    this.#rejoin.start(delay(REJOIN_AFTER, Math.max(0, this.tries - 1)));
    this.#become("errored", reason);
  }

  /** @param {string} reason */
  #close(reason) {
    this.#rejoin.stop();
    this.#patience.stop();
    this.#leaveRef = null;
    this.#waiting = [];
    this.#socket.channels.delete(this);
    this.#become("closed", reason);
  }

  /** @param {Channel["state"]} state @param {string} [reason] */
  #become(state, reason = "") {
    this.state = state;
    this.reason = reason;
    this.#socket.tell();
  }
}

/**
 * @param {string | ArrayBuffer} data
 * @returns {Message | null} null if it is no message of Phoenix's second serializer in text
 */
function read(data) {
  if (typeof data !== "string") return null;
  try {
    const message = JSON.parse(data);
    return Array.isArray(message) && message.length === 5 ? /** @type {Message} */ (message) : null;
  } catch {
    return null;
  }
}
