// A host as stock clients are one, as far as the server sees it: it registers by UDP, reports by HTTP, describes itself
// when it is asked, and ends the sessions that it is told to end.
import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';

/** What the text that clients import says: JSON in base64, backwards. */
export function readConfiguration(text) {
  const forwards = [...text.trim()].reverse().join('');
  return JSON.parse(Buffer.from(forwards.replaceAll('-', '+').replaceAll('_', '/'), 'base64').toString('utf8'));
}

// A field of bytes, as protobuf writes it.
const field = (number, bytes) => Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);

function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

export class Host {
  constructor({ id, name, port, api, isCopy = false }) {
    const uuid = Buffer.from(isCopy ? 'another machine' : `machine of ${id}`);
    Object.assign(this, { id, name, port, api, isCopy, uuid, key: randomBytes(32) });
    this.sessions = new Map();
    this.described = 0;
    this.ended = [];
    this.isStopped = false;
    // Neither says nor hears anything for a while.
    this.isDeaf = false;
  }

  /** Registers, and goes on doing so; reports too, unless it has no API address. */
  start() {
    this.socket = createSocket('udp4');
    this.socket.on('error', () => undefined);
    this.socket.on('message', (bytes) => {
      // Field 7 is the answer to a registration; with something in it, the key is wanted.
      if (bytes[0] === ((7 << 3) | 2) && bytes[1] > 0) this.send(15, this.keyMessage());
    });
    this.loop = this.run();
    return this;
  }

  async stop() {
    this.isStopped = true;
    await this.loop;
    this.socket.close();
  }

  /** Somebody connects: the device reports it as stock clients do. */
  async connect(number, operator) {
    this.sessions.set(number, operator);
    const common = { conn_id: number, session_id: number, ip: '198.51.100.7' };
    await this.post('/api/audit/conn', { ...common, action: 'new' });
    await this.post('/api/audit/conn', { ...common, peer: [operator.id, operator.name], type: 0 });
  }

  keyMessage() {
    return Buffer.concat([field(1, Buffer.from(this.id)), field(2, this.uuid), field(3, this.key)]);
  }

  send(kind, body) {
    this.socket.send(field(kind, body), this.port, '127.0.0.1');
  }

  async post(path, body) {
    const answer = await fetch(this.api + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ id: this.id, uuid: this.uuid.toString('base64'), ...body }),
    });
    return answer.text();
  }

  async run() {
    while (!this.isStopped) {
      if (this.isDeaf) {
        await new Promise((done) => setTimeout(done, 100));
        continue;
      }

      // Also unasked: a machine with the id of another is not asked where that one is.
      if (this.isCopy) this.send(15, this.keyMessage());
      this.send(6, field(1, Buffer.from(this.id)));
      if (this.api !== undefined) await this.report().catch(() => undefined);
      await new Promise((done) => setTimeout(done, 500));
    }
  }

  async report() {
    const text = await this.post('/api/heartbeat', { ver: 1_004_009, conns: [...this.sessions.keys()], modified_at: 0 });
    const told = text.startsWith('{') ? JSON.parse(text) : {};
    if (told.sysinfo !== undefined || this.described === 0) {
      const answer = await this.post('/api/sysinfo', {
        version: '1.4.9', cpu: 'Intel(R) N100, 0.78GHz, 4/4 cores', memory: '7.75GB',
        os: 'windows / Windows 11 Pro - 10 (22631)', hostname: this.name, username: 'pos',
      });
      if (answer === 'SYSINFO_UPDATED') this.described += 1;
    }

    for (const number of told.disconnect ?? []) {
      if (!this.sessions.delete(number)) continue;
      this.ended.push(number);
      await this.post('/api/audit/conn', { conn_id: number, session_id: number, ip: '198.51.100.7', action: 'close' });
    }
  }
}
