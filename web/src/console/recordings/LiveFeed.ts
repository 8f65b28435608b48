import { readPart } from '../../api/client';
import { Problem } from '../../api/problem';
import { clusterAt, placeOf, typeOf } from './liveBytes';

/** A browser can't play it piece by piece. */
export class Unplayable extends Error {}

/** As much as a head may be. */
const mostHead = 1 << 20;
/** Where the newest cluster is looked for: in so many bytes from the end, then in more. */
const tail = 2 << 20;
const mostTail = 32 << 20;
const pause = 1000;
/** What a read this large left behind is asked for at once. */
const much = 1 << 20;
/** So much of what was seen already is kept to go back to, in seconds. */
const kept = 600;

/** Fills a player with what is saved of a recording while it is being made, beginning near its end. */
export class LiveFeed {
  private buffer: SourceBuffer | null = null;
  private at = 0;

  constructor(
    private readonly path: string,
    private readonly source: MediaSource,
    /** Where the player is. */
    private readonly now: () => number,
    /** How old the last saved piece is, in milliseconds. */
    private readonly onSaved: (age: number) => void,
  ) {}

  /** Goes on until it is told to stop, or the recording ends. */
  async run(signal: AbortSignal): Promise<void> {
    const head = await this.head(signal);
    const type = typeOf(head);
    if (type === null || !MediaSource.isTypeSupported(type)) throw new Unplayable();
    this.buffer = this.source.addSourceBuffer(type);
    await this.append(head);
    await this.append(await this.end(head.length, signal));
    while (!signal.aborted) {
      const more = document.hidden ? null : await this.read(`bytes=${this.at}-`, signal);
      if (more !== null) await this.append(more);
      if (more === null || more.length < much) await wait(pause, signal);
    }
  }

  private async head(signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    for (;;) {
      const bytes = await this.read(`bytes=0-${mostHead - 1}`, signal).catch((problem: unknown) => {
        // Nothing came yet.
        if (problem instanceof Problem && problem.status === 404) return null;
        throw problem;
      });
      const length = bytes === null ? -1 : clusterAt(bytes);
      if (bytes !== null && length > 0) return bytes.slice(0, length);
      if (bytes !== null && bytes.length >= mostHead) throw new Unplayable();
      await wait(pause, signal);
    }
  }

  /** What is at the end, from the beginning of a cluster on. */
  private async end(head: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    for (let size = tail; size <= mostTail; size *= 4) {
      const bytes = await this.read(`bytes=-${size}`, signal);
      if (bytes === null) continue;
      const from = this.at - bytes.length;
      const start = from <= head ? head - from : clusterAt(bytes);
      if (start >= 0) return bytes.slice(start);
    }
    throw new Unplayable();
  }

  private async read(range: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null> {
    const part = await readPart(this.path, range, signal);
    if (part === null) return null;
    const age = Date.parse(part.headers.get('Date') ?? '') - Date.parse(part.headers.get('Last-Modified') ?? '');
    if (Number.isFinite(age)) this.onSaved(Math.max(0, age));
    this.at = placeOf(part.headers.get('Content-Range')) + part.bytes.length;
    return part.bytes;
  }

  private async append(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { buffer } = this;
    if (buffer === null) return;
    if (buffer.buffered.length > 0 && this.now() - buffer.buffered.start(0) > 2 * kept) await this.drop(kept);
    try {
      buffer.appendBuffer(bytes);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error;
      await this.drop(30);
      buffer.appendBuffer(bytes);
    }
    await updated(buffer);
  }

  /** Makes room: what was seen longer ago is dropped. */
  private async drop(seconds: number): Promise<void> {
    const { buffer } = this;
    const to = this.now() - seconds;
    if (buffer === null || to <= 0) return;
    buffer.remove(0, to);
    await updated(buffer);
  }
}

function updated(buffer: SourceBuffer): Promise<void> {
  return new Promise((done, fail) => {
    const finish = (work: () => void) => {
      buffer.removeEventListener('updateend', onEnd);
      buffer.removeEventListener('error', onError);
      work();
    };
    const onEnd = () => finish(done);
    const onError = () => finish(() => fail(new Unplayable()));
    buffer.addEventListener('updateend', onEnd);
    buffer.addEventListener('error', onError);
  });
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const onAbort = () => {
      clearTimeout(timer);
      fail(new DOMException('stopped', 'AbortError'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      done();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
