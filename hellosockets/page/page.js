// @ts-check
// The start page: one WebSocket, and what went through it. Messages are shown as text, never as HTML.

/** The chapter's first message: [join_ref, ref, topic, event, payload]. */
const JOIN = '["1","1","topic:subtopic","phx_join",{}]';

/** Messages kept on the page; older ones leave. */
const MAX_MESSAGES = 500;

/** What the codes of RFC 6455 §7.4.1 that can be met here mean. */
const CLOSE_CODES = new Map([
  [1000, "normal closure"],
  [1001, "the server is going away"],
  [1005, "no code was sent"],
  [1006, "no close frame came: the server can't be reached, or the connection was lost"],
  [1009, "the message was too big"],
  [1011, "the server could not make sense of the message"],
]);

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @returns {T}
 */
const element = (id) => /** @type {T} */ (document.getElementById(id));

const path = /** @type {HTMLSelectElement} */ (element("path"));
const text = /** @type {HTMLInputElement} */ (element("text"));
const send = /** @type {HTMLButtonElement} */ (element("send"));
const toggle = /** @type {HTMLButtonElement} */ (element("toggle"));
const log = element("log");

/** @type {WebSocket | null} */
let socket = null;

/** The WebSocket's address, relative to where this page is: it works behind a proxy, too. */
function address() {
  const url = new URL(path.value, document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/**
 * @param {"connecting" | "open" | "closing" | "closed" | "failed"} state
 * @param {string} words
 */
function show(state, words) {
  document.body.dataset.state = state;
  element("sign").textContent = { connecting: "◌", open: "●", closing: "◌", closed: "○", failed: "✕" }[state];
  element("state").textContent = words;
  send.disabled = state !== "open";
  toggle.textContent = state === "closed" || state === "failed" ? "Connect" : "Close";
  toggle.disabled = state === "closing";
}

/**
 * @param {"client" | "server"} speaker
 * @param {string | ArrayBuffer} data
 */
function add(speaker, data) {
  const isText = typeof data === "string";
  const size = isText ? new TextEncoder().encode(data).length : data.byteLength;
  const row = document.createElement("li");
  row.className = speaker;
  const parts = {
    speaker: speaker === "client" ? "↑ client" : "↓ server",
    text: isText ? data : [...new Uint8Array(data)].map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
    size: `${size} ${size === 1 ? "byte" : "bytes"}`,
  };
  for (const [name, words] of Object.entries(parts)) {
    const part = document.createElement("span");
    part.className = name;
    part.textContent = words;
    row.append(part);
  }
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.append(row);
  while (log.childElementCount > MAX_MESSAGES) log.firstElementChild?.remove();
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}

/** @param {string} message */
function sendText(message) {
  socket?.send(message);
  add("client", message);
}

/** @param {string} [greeting] sent as soon as the WebSocket is open */
function connect(greeting) {
  const opened = new WebSocket(address());
  opened.binaryType = "arraybuffer";
  socket = opened;
  element("address").textContent = opened.url;
  show("connecting", "connecting");
  let wasOpen = false;
  opened.addEventListener("open", () => {
    if (socket !== opened) return;
    wasOpen = true;
    show("open", "open");
    if (greeting !== undefined) sendText(greeting);
  });
  opened.addEventListener("message", (event) => {
    if (socket === opened) add("server", event.data);
  });
  opened.addEventListener("close", (event) => {
    if (socket !== opened) return;
    const meaning = event.reason || CLOSE_CODES.get(event.code);
    const code = meaning ? `${event.code} (${meaning})` : `${event.code}`;
    if (wasOpen) show("closed", `closed, code ${code}`);
    else show("failed", `could not connect, code ${code}`);
  });
}

toggle.addEventListener("click", () => {
  if (socket?.readyState === WebSocket.OPEN || socket?.readyState === WebSocket.CONNECTING) {
    show("closing", "closing");
    socket.close(1000);
  } else {
    connect();
  }
});

path.addEventListener("change", () => {
  const old = socket;
  text.value = path.value === "echo" ? "Hello" : JOIN;
  connect();
  old?.close(1000);
});

element("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket?.readyState === WebSocket.OPEN) sendText(text.value);
});

connect(JOIN);
