import type { EntryChange } from './queries';

/** The cells of a CSV text, as spreadsheets write it: quoted where needed; comma, semicolon or tab. */
export function parseCsv(text: string): string[][] {
  const body = text.replace(/^\uFEFF/, '');
  const comma = separatorOf(body);
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endRow = () => {
    row.push(cell);
    if (row.some((c) => c.trim() !== '')) rows.push(row);
    row = [];
    cell = '';
  };
  for (let i = 0; i < body.length; i++) {
    const c = body.charAt(i);
    if (isQuoted) {
      if (c !== '"') cell += c;
      else if (body[i + 1] === '"') {
        cell += '"';
        i++;
      } else isQuoted = false;
    } else if (c === '"' && cell === '') isQuoted = true;
    else if (c === comma) {
      row.push(cell);
      cell = '';
    } else if (c === '\n') endRow();
    else if (c !== '\r') cell += c;
  }
  endRow();
  return rows;
}

function separatorOf(text: string): string {
  const line = text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n'));
  const counts = [',', ';', '\t'].map((s) => [s, line.split(s).length] as const);
  return counts.sort((a, b) => b[1] - a[1])[0]?.[0] ?? ',';
}

export const fields = ['id', 'alias', 'tags', 'note', 'username', 'hostname', 'platform', 'password'] as const;
export type Field = (typeof fields)[number];
export type Mapping = Partial<Record<Field, number>>;

// How other servers and lists call these columns.
const known: Record<Field, readonly string[]> = {
  id: ['id', 'peer_id', 'peerid', 'rustdesk_id', 'rustdesk id', 'device_id', 'device id', '设备id', '设备 id'],
  alias: ['alias', 'name', 'device_name', 'device name', 'devicename', '别名', '名称', '设备名称'],
  tags: ['tags', 'tag', 'labels', '标签'],
  note: ['note', 'notes', 'remark', 'comment', 'description', '备注'],
  username: ['username', 'user', 'user_name', 'os_user', 'os user', 'login_name', 'loginname', '用户名'],
  hostname: ['hostname', 'host', 'host_name', 'host name', 'computer', 'computer name', '主机名'],
  platform: ['platform', 'os', 'system', '平台', '系统'],
  password: ['password', '密码'],
};

/** Which column is what, by the first row. */
export function guessMapping(header: readonly string[]): Mapping {
  const words = header.map((h) => h.trim().toLowerCase());
  const mapping: Mapping = {};
  for (const field of fields) {
    const index = words.findIndex((word) => known[field].includes(word));
    if (index >= 0 && !Object.values(mapping).includes(index)) mapping[field] = index;
  }
  return mapping;
}

/** One row as the server takes it; an empty cell keeps what is there. */
export function entryOf(row: readonly string[], mapping: Mapping, isPersonal: boolean): EntryChange {
  const cell = (field: Field) => {
    const index = mapping[field];
    const text = index === undefined ? '' : (row[index] ?? '').trim();
    // What an export put before what a spreadsheet would take for a formula.
    return /^'[=+\-@]/.test(text) ? text.slice(1) : text;
  };
  const entry: Record<string, unknown> = { id: cell('id').replaceAll(/(?<=\d)\s(?=\d)/g, '') };
  for (const field of ['alias', 'note', 'username', 'hostname'] as const) {
    if (cell(field) !== '') entry[field] = cell(field);
  }
  if (cell('platform') !== '') entry.platform = platformOf(cell('platform'));
  const tags = listOf(cell('tags'));
  if (tags.length > 0) entry.tags = tags;
  if (cell('password') !== '' && !isPersonal) entry.password = cell('password');
  return entry as EntryChange;
}

const systems = [
  ['Windows', /^win/i], ['Mac OS', /^(mac|darwin|os x)/i], ['Android', /^android/i], ['Linux', /linux|ubuntu|debian|fedora/i],
] as const;

/** As clients spell it; lists of devices of other servers say more of a system than its name. */
const platformOf = (text: string) => systems.find(([, looks]) => looks.test(text))?.[0] ?? text;

/** Tags in one cell: separated, or as JSON. */
function listOf(text: string): string[] {
  if (text.startsWith('[')) {
    try {
      const value: unknown = JSON.parse(text);
      if (Array.isArray(value)) return value.filter((v): v is string => typeof v === 'string' && v !== '');
    } catch {
      // Then it is a name that begins so.
    }
  }
  return [...new Set(text.split(/[;,|]/).map((t) => t.trim()).filter((t) => t !== ''))];
}

/** A CSV file of what is given; cells that a spreadsheet would take for formulas are defused. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `\uFEFF${rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}
