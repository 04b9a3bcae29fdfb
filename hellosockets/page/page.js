// @ts-check
/**
 * The start page: a chat over Phoenix's channels, and what it sends and hears.
 * What came over a wire reaches the page as text, never as HTML.
 */

import { Channel, Socket } from "./socket.js";

// Relative to where this page is: that works behind a proxy, too.
const SOCKET = "socket/websocket?token=undefined&vsn=2.0.0";
const LIVE_RELOAD = "phoenix/live_reload/socket/websocket?vsn=2.0.0";
const ECHO = "echo";

const NAMES = ["Ada", "Alan", "Barbara", "Edsger", "Grace", "Hedy", "Katherine", "Niklaus", "Radia"];
const MAX_LINES = 200; // of the chat; older ones leave
const MAX_MESSAGES = 500;
const MAX_SHOWN = 2000; // characters of one message
const MOST_REFUSALS = 5; // of topic:subtopic, which has taught by then what it can
const MOST_TRIES = 5; // to connect, of a page that was never let in
const LOOPBACK = ["127.0.0.1", "[::1]", "0.0.0.0"];

/** What the close codes that can be met here mean (RFC 6455 §7.4.1). */
const CLOSE_CODES = new Map([
  [1000, "normal closure"],
  [1001, "the server is going away"],
  [1002, "a frame broke the protocol"],
  [1005, "no code was sent"],
  [1006, "no close frame came"],
  [1007, "the text was no UTF-8"],
  [1009, "the message was too big"],
  [1011, "the server could make nothing of it"],
  [1012, "the server restarts"],
]);

// The page's elements.

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
function element(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`#${id} is no ${kind.name}`);
  return found;
}

const name = element("name", HTMLInputElement);
const topic = element("room", HTMLInputElement);
const body = element("body", HTMLInputElement);
const text = element("text", HTMLInputElement);
const over = element("over", HTMLSelectElement);

/** @typedef {"on" | "off" | "busy" | "bad"} Sign */
/** What a line says: a sign, words read aloud when they change, and what changes each second.
 * @typedef {[sign: Sign, words: string, more: string]} State */

/** Change a text only if it is another: a screen reader would read it again.
 * @param {Element | null} where @param {string} words */
function say(where, words) {
  if (where && where.textContent !== words) where.textContent = words;
}

/** @param {string} id of a line of the connection's state @param {State} state */
function show(id, [sign, words, more]) {
  const line = element(id, HTMLElement);
  line.dataset.sign = sign;
  say(line.querySelector(".sign"), { on: "●", off: "○", busy: "◌", bad: "✕" }[sign]);
  say(line.querySelector(".words"), words);
  say(line.querySelector(".more"), more);
}

/**
 * Add a line to a list; the oldest make room.
 * @param {string} id @param {number} most
 * @param {string} kind @param {Record<string, string>} parts text by class name
 */
function add(id, most, kind, parts) {
  const box = element(id, HTMLElement);
  const list = /** @type {HTMLElement} */ (box.firstElementChild);
  const line = document.createElement("li");
  line.className = kind;
  for (const [className, words] of Object.entries(parts)) {
    const part = document.createElement("span");
    part.className = className;
    part.textContent = words.length > MAX_SHOWN ? `${words.slice(0, MAX_SHOWN)}…` : words;
    line.append(part, " ");
  }
  const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  list.append(line);
  while (list.childElementCount > most) list.firstElementChild?.remove();
  if (isAtEnd) box.scrollTop = box.scrollHeight;
}

// The messages.

/** @param {string} words */
const note = (words) => add("messages", MAX_MESSAGES, "note", { text: words });

/** @param {"client" | "server"} speaker @param {string | ArrayBuffer} data */
function addMessage(speaker, data) {
  const isText = typeof data === "string";
  const size = isText ? new TextEncoder().encode(data).length : data.byteLength;
  const bytes = isText ? [] : [...new Uint8Array(data.slice(0, MAX_SHOWN))];
  add("messages", MAX_MESSAGES, speaker, {
    speaker: speaker === "client" ? "↑ client" : "↓ server",
    text: isText ? data : bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
    size: `${size.toLocaleString("en")} ${size === 1 ? "byte" : "bytes"}`,
  });
}

/** @param {string} path */
function address(path) {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** @param {number} code @param {string} reason */
function closed(code, reason) {
  const meaning = reason ? `“${reason}”` : CLOSE_CODES.get(code);
  return meaning ? `code ${code}, ${meaning}` : `code ${code}`;
}

// The sockets.

const socket = new Socket(address(SOCKET), changed, addMessage);
const chapter = new Channel(socket, "topic:subtopic");
let refusals = ""; // once the page has stopped asking for topic:subtopic
/** @type {Channel | null} */
let room = null;
let roomState = "closed"; // as it was told last
let socketState = "closed";
let hasGivenUp = false; // as it was never let in
let wasWaiting = false; // whether there were shouts that waited

const reloader = new Socket(address(LIVE_RELOAD), draw);
const assets = new Channel(reloader, "phoenix:live_reload", {}, (event, payload) => {
  if (event !== "assets_change") return;
  if (payload?.asset_type !== "css") location.reload();
  else element("style", HTMLLinkElement).href = `page.css?${Date.now()}`;
});

/** Something about the socket or one of its channels has changed. */
function changed() {
  if (socket.state !== socketState) {
    if (socket.isOpen) note("The WebSocket is open.");
    else if (socketState === "open" || socketState === "closing") {
      if (socket.end) note(`The WebSocket is closed: ${closed(socket.end.code, socket.end.reason)}.`);
    }
    socketState = socket.state;
    if (socket.isOpen) reloader.connect();
  }
  if (!socket.wasOpen && socket.tries >= MOST_TRIES && socket.reconnectsAt !== null) {
    hasGivenUp = true;
    socket.disconnect();
  }
  if (chapter.rejoinsAt !== null && chapter.tries >= MOST_REFUSALS) {
    refusals = `${chapter.reason}, ${chapter.tries} times`;
    chapter.leave();
  }
  if (room && room.state !== roomState) {
    roomState = room.state;
    if (roomState === "joined") tell(`You are in ${room.topic}.`);
    if (roomState === "closed") tell(`You are no longer in ${room.topic}: ${room.reason}.`);
  }
  draw();
}

// What the page says about itself.

/** @param {number} at */
function wait(at) {
  const left = at - Date.now();
  return left < 500 ? "at once" : `in ${Math.ceil(left / 1000)}\u00a0s`;
}

/** @param {Channel} channel @returns {State} */
function stateOf(channel) {
  const more = channel.rejoinsAt === null ? "" : `asks again ${wait(channel.rejoinsAt)}`;
  switch (channel.state) {
    case "joined":
      return ["on", "joined", ""];
    case "errored":
      return [more ? "bad" : "busy", channel.reason, more];
    case "closed":
      return ["off", channel.reason || "not joined", ""];
    default:
      return ["busy", channel.state, channel.tries > 1 ? `try ${channel.tries}` : ""];
  }
}

/** @returns {State} */
function stateOfSocket() {
  const { end, state, tries } = socket;
  if (state === "open" || state === "closing") return [state === "open" ? "on" : "busy", state, ""];
  if (!end) return ["busy", "connecting", ""];
  const how = closed(end.code, end.reason);
  const hasFailed = !socket.wasOpen && (hasGivenUp || !end.wanted);
  const words = hasFailed ? `could not connect: ${how}` : `closed: ${how}`;
  if (socket.reconnectsAt !== null) {
    return ["bad", `${words}; reconnecting`, `try ${tries + 1} ${wait(socket.reconnectsAt)}`];
  }
  if (state === "connecting") return ["busy", `${words}; reconnecting`, `try ${tries}`];
  return [hasFailed || !end.wanted ? "bad" : "off", words, !end.wanted ? "after such an end, Phoenix's client stays away, too" : ""];
}

/** @returns {State} */
function stateOfHeartbeat() {
  const last = socket.heartbeat;
  if (socket.answerDueAt !== null) {
    return ["busy", "sent", `an answer is due ${wait(socket.answerDueAt)}`];
  }
  if (socket.heartbeatAt === null) return ["off", "none without a WebSocket", ""];
  const words = last ? `answered after ${last.answered - last.asked} ms` : "none yet";
  return [last ? "on" : "off", words, `next ${wait(socket.heartbeatAt)}`];
}

/** @returns {State} */
function stateOfChapter() {
  if (!refusals || chapter.state !== "closed") return stateOf(chapter);
  return ["off", refusals, "the page has stopped asking; Phoenix's client never stops"];
}

function draw() {
  show("socket", stateOfSocket());
  const isOff = socket.state === "closed" && socket.reconnectsAt === null;
  say(element("toggle", HTMLElement), isOff ? "Connect" : "Disconnect");
  drawHelp(hasGivenUp && isOff);
  show("heartbeat", stateOfHeartbeat());
  show("chapter", stateOfChapter());
  const isAsking = chapter.state !== "closed";
  say(element("ask", HTMLElement), isAsking ? "Stop asking" : "Ask again");
  const isIn = room !== null && room.state !== "closed";
  say(element("room-topic", HTMLElement), room?.topic ?? topic.value);
  show("room-state", room ? stateOf(room) : ["off", "not joined", ""]);
  say(element("enter", HTMLElement), isIn ? "Leave" : "Join");
  topic.readOnly = isIn;
  const reloads = "reloads this page when its files change";
  show("reloader", assets.state === "joined" ? ["on", reloads, ""] : ["off", "not connected", ""]);
  const waiting = room?.waiting ?? 0;
  if (waiting) hint(`${waiting} ${waiting === 1 ? "shout waits" : "shouts wait"} until you are in the room.`);
  else if (wasWaiting) hint("");
  wasWaiting = waiting > 0;
}

/** @param {string} words */
const hint = (words) => say(element("chat-state", HTMLElement), words);

/** Say why a page may not have been let in; a browser doesn't tell. @param {boolean} isRefused */
function drawHelp(isRefused) {
  const help = element("refused", HTMLElement);
  if (isRefused === help.hasChildNodes()) return;
  help.replaceChildren();
  if (!isRefused) return;
  const { hostname, protocol, port, pathname } = location;
  help.append("No server answered, or it refused this page; a browser doesn't tell a page which. ");
  if (LOOPBACK.includes(hostname)) {
    const link = document.createElement("a");
    link.href = `${protocol}//localhost${port ? `:${port}` : ""}${pathname}`;
    link.textContent = link.href;
    help.append("Phoenix's Origin check lets in pages of its own host only, and ",
      `${hostname} and localhost are two hosts to it. Open this page at `, link);
  } else if (hostname !== "localhost") {
    help.append(`If it refused: serve(check_origin=["//${hostname}"]) allows pages of ${hostname}.`);
  } else {
    help.append("Where the server runs, it says more.");
  }
}

// The chat.

/** @param {string} words */
const tell = (words) => add("chat", MAX_LINES, "note", { said: words });

/** @param {string} event @param {any} payload of whoever sent it: anything */
function heard(event, payload) {
  if (event === "phx_reply") {
    if (payload?.status !== "ok") tell(`The room says no: ${JSON.stringify(payload?.response)}`);
  } else if (event === "shout" && typeof payload?.body === "string") {
    const who = typeof payload.name === "string" && payload.name ? payload.name : "somebody";
    const isMine = who === name.value.trim();
    add("chat", MAX_LINES, isMine ? "mine" : "theirs", { who: who.slice(0, 40), said: payload.body });
  } else {
    tell(`${event} ${JSON.stringify(payload)}`);
  }
}

function enter() {
  room = new Channel(socket, topic.value.trim(), {}, heard);
  room.join();
}

element("join", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  if (room && room.state !== "closed") {
    room.leave();
  } else if (topic.value.trim()) {
    enter();
    hint("");
    body.focus();
  }
});

element("shout", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  if (!body.value) return;
  const shout = { body: body.value, name: name.value.trim() || "somebody" };
  if (!room || room.state === "closed") hint("Join a room first, then shout.");
  else if (room.push("shout", shout)) body.value = "";
  else hint("Too many shouts are waiting already.");
});

// Everything else that can be pressed.

element("toggle", HTMLButtonElement).addEventListener("click", () => {
  hasGivenUp = false;
  if (socket.state === "closed" && socket.reconnectsAt === null) socket.connect();
  else socket.disconnect();
});

element("ask", HTMLButtonElement).addEventListener("click", () => {
  refusals = "";
  if (chapter.state === "closed") chapter.join();
  else chapter.leave();
});

/** @type {WebSocket | null} */
let echo = null;

/** @param {string} message */
function sendToEcho(message) {
  if (!echo || echo.readyState > WebSocket.OPEN) {
    echo = new WebSocket(address(ECHO));
    echo.binaryType = "arraybuffer";
    echo.addEventListener("open", () => note("The WebSocket /echo is open."));
    echo.addEventListener("message", ({ data }) => addMessage("server", data));
    echo.addEventListener("close", ({ code, reason }) => {
      note(`The WebSocket /echo is closed: ${closed(code, reason)}.`);
    });
  }
  const opened = echo;
  const send = () => {
    opened.send(message);
    addMessage("client", message);
  };
  if (opened.readyState === WebSocket.OPEN) send();
  else opened.addEventListener("open", send, { once: true });
}

element("raw", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const isSent = over.value === "echo" || socket.isOpen;
  say(element("raw-state", HTMLElement), isSent ? "" : "The WebSocket isn't open.");
  if (over.value === "echo") sendToEcho(text.value);
  else socket.send(text.value);
});

over.addEventListener("change", () => {
  if (over.value === "socket") echo?.close(1000);
});

// A page that is reloaded, because its files have changed, is where it was.

const STORED = "hellosockets";

/** @returns {Record<string, any>} */
function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(STORED) ?? "{}");
  } catch {
    return {};
  }
}

addEventListener("pagehide", () => {
  const isIn = room !== null && room.state !== "closed";
  const kept = { name: name.value, topic: topic.value, body: body.value, isIn };
  try {
    sessionStorage.setItem(STORED, JSON.stringify(kept));
  } catch {
    // Where nothing may be stored, nothing is kept.
  }
});

const before = stored();
name.value = before.name ?? NAMES[Math.floor(Math.random() * NAMES.length)];
topic.value = before.topic ?? topic.value;
body.value = before.body ?? "";
element("address", HTMLElement).textContent = socket.url;

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") for (const each of [socket, reloader]) each.hurry();
});
setInterval(draw, 500);

chapter.join();
assets.join();
if (before.isIn) enter();
socket.connect();
