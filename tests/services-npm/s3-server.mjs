// An S3 server for tests: s3rver, plus the condition on PUT (If-None-Match: *) that newer storages have and it lacks.
// node s3-server.mjs PORT FOLDER BUCKET; says {"ready":true} when it listens. Ends when its input ends.
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import S3rver from "s3rver";

const [port, folder, bucket] = process.argv.slice(2);
const s3 = new S3rver({ directory: folder, silent: true, resetOnClose: false, configureBuckets: [{ name: bucket }] });
await s3.configureBuckets();
const handle = s3.callback();
const running = new Set();

const server = createServer((request, response) => {
  const key = decodeURIComponent(new URL(request.url, "http://s3").pathname);
  const once = request.method === "PUT" && request.headers["if-none-match"] === "*";
  if (once && (running.has(key) || existsSync(join(folder, `${key}._S3rver_object`)))) {
    request.resume();
    request.on("end", () => {
      response.writeHead(412, { "Content-Type": "application/xml" });
      response.end("<Error><Code>PreconditionFailed</Code><Message>it is there</Message></Error>");
    });
    return;
  }
  if (once) {
    running.add(key);
    response.on("close", () => running.delete(key));
  }
  handle(request, response);
});
server.listen(Number(port), "127.0.0.1", () => process.stdout.write('{"ready":true}\n'));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
