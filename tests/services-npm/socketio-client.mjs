// The stock Socket.IO client against a server that says back what it hears: one line of JSON tells what it saw.
// Usage: node socketio-client.mjs PORT
import { io } from 'socket.io-client';

const url = `http://127.0.0.1:${process.argv[2]}`;
const only = { transports: ['websocket'], forceNew: true };
const seen = {};
const once = (socket, name) => new Promise(done => socket.once(name, (...values) => done(values)));

const socket = io(`${url}/custom`, { ...only, auth: { token: 'abc' } });
const auth = once(socket, 'auth');
await once(socket, 'connect');
seen.id = socket.id.length;
seen.auth = (await auth)[0];

const bytes = Buffer.alloc(300_000, 7);
const view = new Uint8Array(new Uint8Array([9, 9, 1, 2, 3]).buffer, 2);
const back = once(socket, 'message-back');
socket.emit('message', bytes, { deep: [view] }, 'text');
const [whole, deep, text] = await back;
seen.binary = whole.equals(bytes) && Buffer.from(deep.deep[0]).toString('hex') === '010203' && text === 'text';
seen.ack = await new Promise(done => socket.emit('message-with-ack', 1, { two: 2 }, (...values) => done(values)));
seen.emitWithAck = await socket.timeout(30_000).emitWithAck('message-with-ack', 'x');

const first = socket.id;
const again = once(socket, 'connect');
socket.io.engine.close();
await again;
seen.reconnected = socket.id !== first;
socket.close();

const retrying = io(`${url}/custom`, { ...only, retries: 3, ackTimeout: 30_000 });
seen.retries = await new Promise(done => retrying.emit('message-with-ack', 'kept', (error, value) => done(error ? 'lost' : value)));
retrying.close();

const polling = io(`${url}/custom`, { forceNew: true, reconnection: false });
const [refused] = await once(polling, 'connect_error');
seen.polling = `${refused.message} ${refused.description} ${refused.context?.responseText}`;
polling.close();

const trying = io(`${url}/custom`, { forceNew: true, tryAllTransports: true });
await once(trying, 'connect');
seen.tried = trying.io.engine.transport.name;
trying.close();

const random = io(`${url}/random`, { ...only });
seen.random = (await once(random, 'connect_error'))[0].message;
random.close();

console.log(JSON.stringify(seen));
process.exit(0);
