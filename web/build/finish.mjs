// The last step of the build: makes the document's references absolute, packs every file, and holds the sizes to their
// budgets. Its files go to the server as they are.
import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const out = new URL('../dist', import.meta.url).pathname;
const packed = new Set(['.js', '.css', '.svg', '.json', '.md', '.txt']);

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

copyFileSync(new URL('../../CHANGELOG.md', import.meta.url), join(out, 'changelog.md'));

const page = join(out, 'index.html');
// The server writes the path under which it is published.
const html = readFileSync(page, 'utf8').replaceAll('="./', '="__HAWSER_BASE__/');
writeFileSync(page, html);

const sizes = new Map();
for (const file of files(out)) {
  if (/\.(br|gz)$/.test(file)) rmSync(file);
}
for (const file of files(out)) {
  if (!packed.has(extname(file))) continue;
  const bytes = readFileSync(file);
  const gzip = gzipSync(bytes, { level: 9 });
  sizes.set(relative(out, file), gzip.length);
  if (bytes.length < 1024) continue;
  writeFileSync(`${file}.gz`, gzip);
  writeFileSync(
    `${file}.br`,
    brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  );
}

// What the document asks for before anything is seen.
const first = [...html.matchAll(/(?:src|href)="__HAWSER_BASE__\/([^"]+)"/g)].map((match) => match[1]);
const sum = (ending) => first.filter((f) => f.endsWith(ending)).reduce((all, f) => all + (sizes.get(f) ?? 0), 0);
const kilo = 1000;
const budgets = [
  ['initial JavaScript', sum('.js'), 220 * kilo],
  ['initial CSS', sum('.css'), 30 * kilo],
];
for (const [file, size] of sizes) {
  if (first.includes(file) || !file.startsWith('assets/')) continue;
  if (/\/(en|zh-CN)-/.test(file)) budgets.push([file, size, 40 * kilo]);
  else if (file.endsWith('.js')) budgets.push([file, size, 60 * kilo]);
}
const fonts = files(out).filter((f) => f.endsWith('.woff2'));
budgets.push(['fonts at first paint', Math.max(0, ...fonts.map((f) => statSync(f).size)), 60 * kilo]);

let failed = false;
for (const [name, size, most] of budgets) {
  if (size <= most) continue;
  failed = true;
  console.error(`console: ${name} is ${size} bytes packed; its budget is ${most}`);
}
if (/<(script|style)(?![^>]*\bsrc=)[^>]*>[^<]/.test(html)) {
  failed = true;
  console.error('console: the document holds inline code, which the policy refuses');
}
if (failed) process.exit(1);
console.log(
  `console: ${budgets[0][1]} bytes of JavaScript and ${budgets[1][1]} of CSS at first, packed; ${sizes.size} files`,
);
