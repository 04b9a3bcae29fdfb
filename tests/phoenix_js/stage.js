/** What the scenarios have in common: sockets, ways to wait, and a line to the test. */

import { once } from "node:events";
import { createInterface } from "node:readline";

import { WebSocket } from "ws";

const [, , , url, name] = process.argv;
const { Socket } = await import(name);

const sockets = [];
const transports = new Set();

/** The library ws, with a list of what is open. As in a browser, no failure ends the program. */
class Transport extends WebSocket {
  constructor(...args) {
    super(...args);
    transports.add(this);
    this.on("close", () => transports.delete(this));
    this.on("error", () => {});
  }
}

/** Make a socket of phoenix.js, and connect it. */
export function connect(options = {}) {
  const socket = new Socket(url, { transport: Transport, ...options });
  sockets.push(socket);
  socket.connect();
  return socket;
}

/** Close every socket, and wait until it is closed. */
export async function disconnectAll() {
  const closed = [...transports].map((transport) => once(transport, "close"));
  for (const socket of sockets) socket.disconnect();
  await Promise.all(closed);
}

/** Wait for a socket to open. */
export const opened = (socket) => new Promise((resolve) => socket.onOpen(resolve));

/** Say when a socket opens, fails and closes. */
export function watch(socket) {
  socket.onOpen(() => say("open"));
  socket.onError((error) => say("failed", error.message));
  socket.onClose(({ code, reason }) => say("closed", code, reason));
}

/** Wait for the next close of a socket. */
export const closed = (socket) => new Promise((resolve) => socket.onClose(resolve));

/** Wait for the next message with that event, whatever its topic. */
export const message = (socket, event) =>
  new Promise((resolve) => {
    const ref = socket.onMessage((each) => {
      if (each.event !== event) return;
      socket.off([ref]);
      resolve(each);
    });
  });

/** Wait for what a push, or a join, is answered: its status and the response. */
export const answer = (push) =>
  new Promise((resolve) => {
    for (const status of ["ok", "error", "timeout"]) {
      push.receive(status, (response) => resolve([status, response]));
    }
  });

/** Wait for the next event of that name in a channel. */
export const heard = (channel, event) =>
  new Promise((resolve) => {
    const ref = channel.on(event, (payload) => {
      channel.off(event, ref);
      resolve(payload);
    });
  });

/** Tell the test something: one line of JSON, with bytes in hexadecimal. */
export function say(...words) {
  process.stdout.write(`${JSON.stringify(words, spell)}\n`);
}

function spell(_key, value) {
  return value instanceof ArrayBuffer ? { hex: Buffer.from(value).toString("hex") } : value;
}

const lines = createInterface({ input: process.stdin });
const words = lines[Symbol.asyncIterator]();
lines.on("close", () => process.exit()); // the test has gone

/** Wait for the next word that the test says. */
export const word = async () => (await words.next()).value;

/** Wait until the test says this. */
export async function told(expected) {
  const said = await word();
  if (said !== expected) throw new Error(`the test said ${said} instead of ${expected}`);
}
