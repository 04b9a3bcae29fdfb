/** What phoenix.js does, scenario by scenario, as an application's own code would do it. */

import { Clock } from "./clock.js";
import { answer, closed, connect, heard, message, opened, say, told, watch, word } from "./stage.js";

const bytes = (...values) => new Uint8Array(values).buffer;

// Joining and leaving.

export async function join() {
  const socket = connect({ params: { token: undefined } });
  say(...(await answer(socket.channel("room:lobby", { name: "Ada" }).join())));
}

export async function unmatchedTopic() {
  const clock = new Clock();
  const socket = connect();
  const join = socket.channel("topic:subtopic").join();
  say(...(await answer(join)));
  for (const delay of [1000, 2000]) {
    say("waiting", ...clock.waiting);
    clock.pass(delay);
    say(...(await answer(join)));
  }
}

export async function joinRefused() {
  const channel = connect().channel("hall:1", { guests: 100 });
  say(...(await answer(channel.join())));
  say(channel.state);
}

export async function joinCrashed() {
  const channel = connect().channel("hall:1", { guests: "many" });
  say(...(await answer(channel.join())));
  say(channel.state);
}

export async function tooManyChannels() {
  const socket = connect();
  for (let number = 1; number <= 100; number++) {
    await answer(socket.channel(`room:${number}`).join());
  }
  const channel = socket.channel("room:101");
  say(...(await answer(channel.join())));
}

export async function leave() {
  const socket = connect();
  const channel = socket.channel("room:lobby");
  say(...(await answer(channel.join())));
  channel.onClose((reason) => say("closed", reason));
  const answered = message(socket, "phx_close");
  say(...(await answer(channel.leave()))); // says phoenix.js, and doesn't wait for the server
  say(channel.state);
  say((await answered).event);
}

export async function leaveAndComeBack() {
  const socket = connect();
  for (let times = 0; times < 2; times++) {
    const channel = socket.channel("room:lobby");
    say(...(await answer(channel.join())));
    const answered = message(socket, "phx_close");
    channel.leave();
    await answered;
  }
}

export async function twoInstancesOfATopic() {
  const socket = connect();
  const [first, second] = [socket.channel("room:lobby"), socket.channel("room:lobby")];
  say(...(await answer(first.join())));
  say(...(await answer(second.join())));
  say(first.state, second.state);
}

export async function duplicateJoin() {
  const socket = connect();
  const channel = socket.channel("room:lobby");
  say(...(await answer(channel.join())));
  const ended = new Promise((resolve) => channel.onClose(resolve));
  const answered = message(socket, "phx_reply");
  const topic = "room:lobby";
  // Not through a channel: phoenix.js would leave the topic first.
  socket.push({ topic, event: "phx_join", payload: {}, ref: "99", join_ref: "99" });
  say("closed", await ended);
  const { ref, payload } = await answered;
  say(ref, payload);
}

export async function stopped() {
  const channel = connect().channel("hall:1");
  const ended = new Promise((resolve) => channel.onClose(resolve));
  say(...(await answer(channel.join())));
  say(...(await answer(channel.push("stop"))));
  say("closed", await ended);
}

// Pushes and replies.

export async function pushAndReply() {
  const channel = connect().channel("ping");
  say(...(await answer(channel.join())));
  say(...(await answer(channel.push("ping"))));
}

export async function pushBeforeTheJoinIsAnswered() {
  const channel = connect().channel("ping");
  channel.join();
  say(channel.state);
  say(...(await answer(channel.push("ping"))));
}

export async function pushRefused() {
  const channel = connect().channel("hall:1");
  say(...(await answer(channel.join())));
  say(...(await answer(channel.push("refuse"))));
}

export async function pushWithoutReply() {
  const clock = new Clock();
  const channel = connect().channel("ping");
  say(...(await answer(channel.join())));
  const push = channel.push("pong");
  say("waiting", ...clock.waiting);
  clock.pass(10_000);
  say(...(await answer(push)));
}

export async function lateReplies() {
  const channel = connect().channel("hall:1");
  say(...(await answer(channel.join())));
  const replies = [channel.push("later", { number: 1 }), channel.push("later", { number: 2 })];
  for (const reply of replies) reply.receive("ok", (response) => say("late", response));
  say(...(await answer(channel.push("now"))));
}

export async function everyAlphabet() {
  const channel = connect().channel("room:Zürich 🦊", { name: "Ada \u2028 <b>&\u0000" });
  say(...(await answer(channel.join())));
  const payload = { 'a"\\\n': "日本 \u007f/", numbers: [1, -0.5, 1e21] };
  say(...(await answer(channel.push("ping", payload))));
}

// Broadcasts.

export async function shout() {
  const channel = connect().channel("room:lobby");
  channel.on("shout", (payload) => say("shout", payload));
  say(...(await answer(channel.join())));
  say(...(await answer(channel.push("shout", { body: "Hello" }))));
}

export async function twoSockets() {
  const rooms = [];
  for (const name of ["Ada", "Bob"]) {
    const room = connect().channel("room:lobby", { name });
    say(name, ...(await answer(room.join())));
    rooms.push(room);
  }
  const both = Promise.all(rooms.map((room) => heard(room, "shout")));
  say(...(await answer(rooms[0].push("shout", { body: "Hello" }))));
  say(...(await both));
}

export async function broadcastFrom() {
  const ada = connect().channel("hall:1");
  ada.on("whisper", (payload) => say("Ada heard", payload));
  await answer(ada.join());
  const bob = connect().channel("hall:1");
  await answer(bob.join());
  const whisper = heard(bob, "whisper");
  say(...(await answer(ada.push("whisper", { body: "psst" }))));
  say("Bob heard", await whisper);
}

export async function chat() {
  const room = connect().channel("room:lobby");
  room.on("shout", ({ body }) => say("heard", body));
  say(...(await answer(room.join())));
  for (let body; (body = await word()) !== "leave"; ) room.push("shout", { body });
}

export async function news() {
  const channel = connect().channel("room:lobby");
  const [news, picture] = [heard(channel, "news"), heard(channel, "picture")];
  say(...(await answer(channel.join())));
  say(await news, await picture);
}

// Bytes.

export async function binaryReply() {
  const channel = connect().channel("hall:1");
  say(...(await answer(channel.join())));
  say(...(await answer(channel.push("reverse", bytes(0, 1, 2, 255)))));
  say(...(await answer(channel.push("reverse", bytes()))));
}

export async function binaryBroadcast() {
  const channel = connect().channel("room:lobby");
  channel.on("shout", (payload) => say("shout", payload));
  say(...(await answer(channel.join())));
  say(...(await answer(channel.push("shout", bytes(0, 1, 2, 255)))));
}

export async function binaryPush() {
  const channel = connect().channel("hall:1");
  channel.on("gift", (payload) => say("gift", payload));
  say(...(await answer(channel.join())));
  say(...(await answer(channel.push("please"))));
}

// Connecting.

export async function params() {
  const socket = connect({ params: { name: "Ada & Bob", city: "Zürich" } });
  await opened(socket);
  say(socket.connectionState());
}

export async function authToken() {
  const socket = connect({ authToken: "a secret" });
  await opened(socket);
  say(socket.connectionState());
}

export async function refused() {
  const clock = new Clock();
  const socket = connect({ params: { name: "Mallory" } });
  watch(socket);
  for (const delay of [10, 50]) {
    await closed(socket);
    say("waiting", ...clock.waiting);
    clock.pass(delay);
  }
  await closed(socket);
}

export async function versionOne() {
  const socket = connect({
    vsn: "1.0.0",
    encode: (each, callback) => callback(JSON.stringify(each)),
    decode: (data, callback) => callback(JSON.parse(data)),
  });
  const channel = socket.channel("room:lobby");
  channel.on("shout", (payload) => say("shout", payload));
  say(...(await answer(channel.join())));
  say(...(await answer(channel.push("shout", { body: "Hello" }))));
  const answered = message(socket, "phx_close");
  channel.leave();
  await answered;
}

// Heartbeats.

export async function threeHeartbeats() {
  const clock = new Clock();
  const socket = connect();
  await opened(socket);
  for (let times = 0; times < 3; times++) {
    say("waiting", ...clock.waiting);
    clock.pass(30_000);
    const { ref, payload } = await message(socket, "phx_reply");
    say(ref, payload);
  }
}

export async function heartbeatTimeout() {
  const clock = new Clock();
  const socket = connect();
  const channel = socket.channel("ping");
  const join = channel.join();
  say(...(await answer(join)));
  await told("frozen");
  const failed = heard(channel, "phx_error");
  clock.pass(30_000);
  say(channel.state);
  clock.pass(30_000);
  say(channel.state, (await failed).reason);
  await told("thawed");
  const reopened = opened(socket);
  clock.pass(1500 + 10); // it waits for the close to be answered, and then as always
  await reopened;
  say(...(await answer(join)));
}

export async function silence() {
  const clock = new Clock();
  const socket = connect();
  watch(socket);
  const channel = socket.channel("ping");
  const join = channel.join();
  say(...(await answer(join)));
  await closed(socket);
  say(channel.state);
  say("waiting", ...clock.waiting);
  if (!clock.waiting.length) return;
  clock.pass(10);
  await opened(socket);
  say(...(await answer(join)));
}

// What comes back by itself.

export async function crash() {
  const clock = new Clock();
  const channel = connect().channel("hall:1");
  const join = channel.join();
  say(...(await answer(join)));
  const failed = heard(channel, "phx_error");
  channel.push("crash");
  say(await failed);
  say(channel.state);
  say("waiting", ...clock.waiting);
  clock.pass(1000);
  say(...(await answer(join)));
}

export const connectionLost = () => loseConnection(() => {});

export const nonsense = () => loseConnection((socket) => socket.conn.send("Hello"));

async function loseConnection(lose) {
  const clock = new Clock();
  const socket = connect();
  watch(socket);
  const channel = socket.channel("ping");
  const join = channel.join();
  say(...(await answer(join)));
  lose(socket);
  await closed(socket);
  say(channel.state);
  say("waiting", ...clock.waiting);
  const push = channel.push("ping"); // nobody hears it yet
  clock.pass(10);
  await opened(socket);
  say(...(await answer(join)));
  say(...(await answer(push)));
}

export async function serverRestarts() {
  const clock = new Clock();
  const socket = connect();
  const channel = socket.channel("ping");
  const join = channel.join();
  say(...(await answer(join)));
  say("closed", (await closed(socket)).code);
  await told("stopped");
  for (const delay of [10, 50, 100]) {
    say("waiting", ...clock.waiting);
    clock.pass(delay);
    say("closed", (await closed(socket)).code);
  }
  await told("started");
  say("waiting", ...clock.waiting);
  clock.pass(150);
  await opened(socket);
  say(...(await answer(join)));
}
