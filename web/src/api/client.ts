import { basePath } from './base';
import { contact } from './contact';
import { Problem, problemOf } from './problem';

type Wait = () => Promise<boolean>;

/** What the client asks of the page around it; set once by the shell. */
export const gates: { signIn: Wait; stepUp: Wait; language: string; onClock: (date: Date) => void } = {
  signIn: () => Promise.resolve(false),
  stepUp: () => Promise.resolve(false),
  language: 'en',
  onClock: () => undefined,
};

/** When this page last changed something that a list may show, and a clock to compare it with. */
export const changedAt = {
  last: -Infinity,
  get now() {
    return performance.now();
  },
};

let proof = '';

/** Goes with every change; it came with `me`. */
export function setProof(value: string): void {
  proof = value;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type Options = {
  body?: unknown;
  /** A file as it is, instead of a body. */
  blob?: Blob;
  signal?: AbortSignal | undefined;
  /** Ask for a sign-in when there is none, and try again; not where that is the question. */
  isOpen?: boolean;
  /** What was read before it was edited: a change of something else meanwhile is a Problem, edit_conflict. */
  version?: string | undefined;
  /** A part of a file only. */
  range?: string;
  /** Hears the version that an answer tells beside its body. */
  onVersion?: (version: string) => void;
};

const versionHeader = 'X-Hawser-Version';

async function send(method: Method, path: string, options: Options): Promise<Response> {
  const headers: Record<string, string> = { 'Accept-Language': gates.language, 'X-Hawser-Console': '1' };
  if (proof !== '') headers['X-Hawser-Proof'] = proof;
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.blob !== undefined) headers['Content-Type'] = options.blob.type;
  if (options.version !== undefined) headers[versionHeader] = options.version;
  if (options.range !== undefined) headers['Range'] = options.range;
  try {
    const response = await fetch(basePath + path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.blob === undefined ? {} : { body: options.blob }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    contact.heard(response.status < 502 || response.status > 504);
    if (response.ok) contact.used();
    const date = response.headers.get('Date');
    if (date !== null) gates.onClock(new Date(date));
    const version = response.headers.get(versionHeader);
    if (version !== null) options.onVersion?.(version);
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    contact.heard(false);
    throw new Problem(0, 'no_contact', 'No contact with the server.');
  }
}

/** Calls the server. A refusal is a {@link Problem}; a sign-in or a proof that is asked for is waited for. */
export async function call<T>(method: Method, path: string, options: Options = {}): Promise<T> {
  let response = await send(method, path, options);
  if (response.status === 401 && options.isOpen !== true && (await gates.signIn())) {
    response = await send(method, path, options);
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.code !== 'step_up' || !(await gates.stepUp())) throw problem;
    response = await send(method, path, options);
    if (!response.ok) throw await problemOf(response);
  }
  const text = await response.text();
  // Signing in changes no list: what others do right after it is news.
  if (method !== 'GET' && options.isOpen !== true) changedAt.last = changedAt.now;
  const value = (text === '' ? {} : JSON.parse(text)) as T;
  // The field's routes refuse with 200 and a sentence.
  const refusal = (value as { error?: unknown } | null)?.error;
  if (typeof refusal === 'string') throw new Problem(200, 'refused', refusal);
  return value;
}

/** A part of a file; null: so much of it is not there yet. */
export async function readPart(path: string, range: string, signal: AbortSignal): Promise<{ bytes: Uint8Array<ArrayBuffer>; headers: Headers } | null> {
  const response = await send('GET', path, { range, signal });
  if (response.status === 416) return null;
  if (!response.ok) throw await problemOf(response);
  return { bytes: new Uint8Array(await response.arrayBuffer()), headers: response.headers };
}

/** A query string without what is empty. */
export function query(values: Record<string, string | number | readonly string[] | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || value === '') continue;
    for (const one of typeof value === 'object' ? value : [value]) search.append(key, String(one));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
