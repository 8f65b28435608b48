// Both languages are complete: every message that is used exists in both, with the same places to fill, and none is
// there that nobody uses.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('../src', import.meta.url).pathname;
const wrong = [];

function files(folder, test) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path, test) : test.test(entry.name) ? [path] : [];
  });
}

function flat(tree, prefix = '') {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value]] : flat(value, `${prefix}${key}.`),
  );
}

// The names in braces, and the tags, without what stands inside of plurals.
const places = (text) =>
  [...new Set([...text.matchAll(/\{(\w+)[,}]/g)].map((m) => m[1]))].sort().join();

// What two people added in two places is merged without a conflict, and the last one wins silently.
function doubled(text) {
  const open = [];
  const twice = [];
  for (const [token, key, colon] of text.matchAll(/"((?:[^"\\]|\\.)*)"(\s*:)?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon !== undefined && open.at(-1).size === open.at(-1).add(key).size) twice.push(key);
  }
  return twice;
}

const messages = new Set();
const code = files(root, /\.tsx?$/).map((f) => readFileSync(f, 'utf8')).join('\n');
for (const path of files(root, /^(en|zh-CN)\.json$/)) {
  for (const key of doubled(readFileSync(path, 'utf8'))) wrong.push(`${path}: ${key} is there twice`);
}
for (const path of files(root, /^en\.json$/)) {
  const en = new Map(flat(JSON.parse(readFileSync(path, 'utf8'))));
  const zhPath = path.replace(/en\.json$/, 'zh-CN.json');
  const zh = new Map(flat(JSON.parse(readFileSync(zhPath, 'utf8'))));
  for (const [key, text] of en) {
    messages.add(key);
    if (!zh.has(key)) wrong.push(`${zhPath}: ${key} is missing`);
    else if (places(text) !== places(zh.get(key))) wrong.push(`${zhPath}: ${key} fills other places`);
    // A key is used whole, or by its last part after a computed one.
    const last = key.split('.').at(-1);
    if (!code.includes(key) && !code.includes(`'${last}'`) && !code.includes(`.${last}'`) && !dynamic(key)) {
      wrong.push(`${path}: nobody uses ${key}`);
    }
  }
  for (const key of zh.keys()) if (!en.has(key)) wrong.push(`${path}: ${key} is missing`);
}

// What a page asks for by name is there, in the group that it asks.
for (const path of files(root, /\.tsx?$/)) {
  const text = readFileSync(path, 'utf8');
  for (const [, name, group] of text.matchAll(/const (\w+) = useTranslations\('([\w.]+)'\)/g)) {
    for (const [, key] of text.matchAll(new RegExp(`(?<![\\w.])${name}(?:\\.rich)?\\(\\s*'([\\w.]+)'`, 'g'))) {
      const others = [...text.matchAll(new RegExp(`const ${name} = useTranslations\\('([\\w.]+)'`, 'g'))].map((m) => m[1]);
      if (!others.some((other) => messages.has(`${other}.${key}`))) wrong.push(`${path}: ${group}.${key} is missing`);
    }
  }
}

// Groups that are looked up by a word of the server.
function dynamic(key) {
  if (key.startsWith('problems.') || key.startsWith('jobs.kinds.')) return true;
  const group = key.slice(key.indexOf('.') + 1, key.lastIndexOf('.') + 1);
  return group !== '' && code.includes(`\`${group}\${`);
}

if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exit(1);
}
