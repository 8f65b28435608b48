// The part of Socket.IO that the recorder needs: one namespace, events, acks, one binary attachment, reconnecting.
// What was not acknowledged is sent again after a break; the server knows it by its number.

const PATH = "/socket.io/?EIO=4&transport=websocket";

export class RecorderSocket {
  #ws; #handlers = {}; #acks = new Map(); #nextAck = 0; #token; #closed = false; #tries = 0; #joined = false;
  #quiet; #patience = 45000;

  constructor(token) {
    this.#token = token;
    this.#open();
  }

  get isJoined() { return this.#joined; }

  on(name, handler) { this.#handlers[name] = handler; }

  /** Sends an event; the answer is the ack's object. Rejects with an Error that has `lost` when the connection breaks. */
  emit(name, payload, bytes) {
    if (!this.#joined) return Promise.reject(lost());
    const ack = this.#nextAck++;
    return new Promise((resolve, reject) => {
      this.#acks.set(ack, { resolve, reject });
      const head = bytes ? "451-" : "42";
      const body = bytes ? { ...payload, chunk: { _placeholder: true, num: 0 } } : payload;
      this.#ws.send(`${head}/recording,${ack}${JSON.stringify([name, body])}`);
      if (bytes) this.#ws.send(bytes);
    });
  }

  close() {
    this.#closed = true;
    this.#ws?.close(1000);
  }

  #call(name, value) { this.#handlers[name]?.(value); }

  #open() {
    const base = new URL("..", import.meta.url);
    const url = new URL(base.pathname.replace(/\/$/, "") + PATH, base);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const ws = this.#ws = new WebSocket(url);
    ws.binaryType = "arraybuffer";
    ws.onmessage = event => { if (typeof event.data === "string") this.#take(event.data); };
    ws.onclose = event => this.#gone(event);
  }

  #take(text) {
    this.#listen();
    if (text[0] === "0") {
      const open = JSON.parse(text.slice(1));
      this.#patience = open.pingInterval + open.pingTimeout;
      this.#ws.send("40/recording," + (this.#token ? JSON.stringify({ token: this.#token }) : ""));
    } else if (text === "2") {
      this.#ws.send("3");
    } else if (text.startsWith("40/recording,")) {
      [this.#joined, this.#tries] = [true, 0];
      this.#call("connect");
    } else if (text.startsWith("44/recording,")) {
      this.#closed = true;
      this.#call("refused", JSON.parse(text.slice(13)).message);
      this.#ws.close(1000);
    } else if (text.startsWith("41")) {
      this.#closed = true;
      this.#call("refused", "unauthorized");
      this.#ws.close(1000);
    } else if (text.startsWith("42/recording,")) {
      const [name, payload] = JSON.parse(text.slice(13));
      this.#call(name, payload);
    } else if (text.startsWith("43/recording,")) {
      const from = text.indexOf("[");
      const ack = Number(text.slice(13, from));
      const waiting = this.#acks.get(ack);
      this.#acks.delete(ack);
      waiting?.resolve(JSON.parse(text.slice(from))[0]);
    }
  }

  // A server that says nothing for longer than it promised has gone, whatever the network believes.
  #listen() {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#ws.close(), this.#patience);
  }

  #gone(event) {
    clearTimeout(this.#quiet);
    this.#joined = false;
    for (const waiting of this.#acks.values()) waiting.reject(lost());
    this.#acks.clear();
    this.#call("disconnect", event.code);
    if (this.#closed) return;
    const wait = Math.min(5000, 500 * 2 ** this.#tries++) * (0.75 + Math.random() / 2);
    setTimeout(() => this.#open(), wait);
  }
}

function lost() {
  return Object.assign(new Error("The connection broke."), { lost: true });
}
