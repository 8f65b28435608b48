// A mail server that keeps nothing: every mail it takes is one line of JSON on standard output.
// Usage: node mail-sink.mjs PORT KEY.pem CERT.pem [tls]
// AUTH: mailer / correct horse, or the token "good token"; STARTTLS is offered, or with tls all is encrypted.
import { readFileSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';

const [port, key, cert, tls] = process.argv.slice(2);
const server = new SMTPServer({
  key: readFileSync(key),
  cert: readFileSync(cert),
  secure: tls === 'tls',
  authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
  allowInsecureAuth: true,
  onAuth(auth, session, done) {
    const isKnown = auth.method === 'XOAUTH2' ? auth.accessToken === 'good token' : auth.password === 'correct horse';
    session.method = auth.method;
    if (auth.username === 'mailer' && isKnown) done(null, { user: auth.username });
    else done(new Error('wrong name or password'));
  },
  onRcptTo(address, session, done) {
    if (address.address.startsWith('refused')) done(new Error('no such mailbox'));
    else done();
  },
  onData(stream, session, done) {
    const parts = [];
    stream.on('data', part => parts.push(part));
    stream.on('end', () => {
      console.log(JSON.stringify({
        from: session.envelope.mailFrom.address,
        to: session.envelope.rcptTo.map(r => r.address),
        user: session.user ?? null,
        method: session.method ?? null,
        secure: session.secure,
        text: Buffer.concat(parts).toString('utf8'),
      }));
      done();
    });
  },
});
server.on('error', e => console.error(String(e)));
server.listen(Number(port), '127.0.0.1', () => console.log(JSON.stringify({ ready: true })));
