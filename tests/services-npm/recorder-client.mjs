// Streams chunks by the stock client, usually through a proxy where nothing sticks: one line of JSON tells what was answered.
//   node recorder-client.mjs fresh URL RECORD_ID FILE...   a connection for each chunk
//   node recorder-client.mjs break URL RECORD_ID FILE...   one socket that loses its connection after each chunk,
//                                                              sends the next one while it has none, and repeats one
//   node recorder-client.mjs pair URL RECORD_ID FILE...    two sockets at once, in no order, numbered by the client
//   node recorder-client.mjs half URL RECORD_ID FILE...    says half after half of them, goes on after a line of input
//   node recorder-client.mjs retries URL RECORD_ID FILE... repeats by itself what was not answered
//   node recorder-client.mjs refused URL                     with a token that is none
//   node recorder-client.mjs kinds URL RECORD_ID FILE...   everything that may hold bytes in Node
import { readFileSync } from "node:fs";
import { io } from "socket.io-client";

const [, , mode, url, recordId, ...files] = process.argv;
const chunks = files.map(file => readFileSync(file));
const seen = { saved: [], duplicates: [], resumed: 0, errors: [] };

function open(more) {
  const socket = io(`${url}/recording`, {
    transports: ["websocket"], forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 100, ...more,
  });
  socket.on("chunkError", error => seen.errors.push(error));
  socket.on("recordingError", error => seen.errors.push(error));
  return socket;
}

if (mode === "refused") {
  let tries = 0;
  const socket = open({ auth: { token: "void" } });
  const error = await new Promise(done => socket.on("connect_error", reason => { tries++; done(reason); }));
  await new Promise(done => setTimeout(done, 1000));
  console.log(JSON.stringify({ message: error.message, data: error.data, tries, active: socket.active }));
  process.exit(0);
}

const ask = (socket, event, data) => socket.timeout(120_000).emitWithAck(event, { recordId, ...data });

async function start(socket) {
  const answer = await ask(socket, "start");
  if (answer.resumed) seen.resumed++;
}

async function send(socket, at, more) {
  const answer = await ask(socket, "chunk", { chunk: chunks[at], ...more });
  seen[answer.duplicate ? "duplicates" : "saved"].push(answer.index ?? answer.code);
}

const modes = {
  async fresh() {
    for (let at = 0; at < chunks.length; at++) {
      const socket = open();
      await start(socket);
      await send(socket, at);
      socket.close();
    }
    return open();
  },
  async break() {
    const socket = open();
    await start(socket);
    for (let seq = 0; seq < chunks.length; seq++) {
      await send(socket, seq, { seq });
      const gone = new Promise(done => socket.once("disconnect", done));
      socket.io.engine.close();
      await gone;
      // To the other server, which has not seen it.
      if (seq % 3 === 1) await send(socket, seq, { seq });
    }
    return socket;
  },
  async pair() {
    const sockets = [open(), open()];
    for (const socket of sockets) await start(socket);
    await send(sockets[0], 0, { seq: 0 });
    await Promise.all(chunks.slice(1).map((_, i) => send(sockets[i % 2], i + 1, { seq: i + 1 })));
    sockets[0].close();
    return sockets[1];
  },
  async half() {
    const socket = open();
    socket.once("disconnect", reason => (seen.reason = reason));
    await start(socket);
    for (let at = 0; at < chunks.length; at++) {
      if (at === chunks.length / 2) {
        const gone = new Promise(done => socket.once("disconnect", done));
        console.log("half");
        await new Promise(done => process.stdin.once("data", done));
        await gone;
      }
      await send(socket, at);
    }
    return socket;
  },
  async retries() {
    const socket = open({ retries: 3, ackTimeout: 60_000 });
    socket.on("chunkSaved", message => message.duplicate && seen.duplicates.push(message.index));
    const emit = (event, data) => new Promise((done, failed) =>
      socket.emit(event, { recordId, ...data }, (error, answer) => (error ? failed(error) : done(answer))));
    await emit("start");
    const answers = await Promise.all(chunks.map((chunk, seq) => emit("chunk", { chunk, seq })));
    seen.saved = answers.map(answer => answer.index);
    return socket;
  },
  async kinds() {
    const socket = open();
    await start(socket);
    const view = buffer => {
      const around = new Uint8Array(buffer.length + 20);
      around.set(buffer, 10);
      return around.subarray(10, 10 + buffer.length);
    };
    const kinds = [
      buffer => buffer,
      buffer => view(buffer),
      buffer => view(buffer).slice().buffer,
      buffer => new DataView(view(buffer).slice().buffer),
    ];
    for (let at = 0; at < chunks.length; at++) {
      chunks[at] = kinds[at % kinds.length](chunks[at]);
      await send(socket, at);
    }
    return socket;
  },
};

const last = await modes[mode]();
seen.finished = await ask(last, "stop", { chunks: chunks.length });
last.close();
console.log(JSON.stringify(seen));
process.exit(0);
