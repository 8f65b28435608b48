import type { QueryClient } from '@tanstack/react-query';
import { basePath } from '../api/base';

export type StreamState = 'off' | 'up' | 'lost';

/** Which queries a kind of hint makes stale: those whose key begins with one of these words. */
const stale: Record<string, string[]> = {
  device: ['devices', 'overview'],
  session: ['sessions', 'audit', 'overview'],
  recording: ['recordings'],
  alarm: ['alarms', 'overview'],
  relay: ['relays', 'overview'],
  user: ['users', 'groups'],
  me: ['me'],
  job: ['jobs'],
};

const hiddenFor = 30_000;
const everyKindAtMost = 1000;
/** Where much happens, lists are read less often. */
const inStormAtMost = 5000;
const storm = 20;

/**
 * The live feed of this tab. Hints make queries stale, at most once a second; a tab that nobody sees closes its stream
 * and reads again what is on the screen when it is seen.
 */
export class LiveStream {
  private source: EventSource | null = null;
  private tries = 0;
  private nextTry: number | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private hidden: ReturnType<typeof setTimeout> | undefined;
  private bannerTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly due = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly last = new Map<string, number>();
  private readonly lately = new Map<string, { from: number; hints: number; until: number }>();
  private state: StreamState = 'off';
  private readonly listeners = new Set<() => void>();
  private isStopped = true;

  constructor(private readonly client: QueryClient) {}

  readonly getState = (): StreamState => this.state;

  /** When the next try begins, by this machine's clock; null: one is under way, or none is needed. */
  readonly getNextTry = (): number | null => this.nextTry;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  start(): void {
    if (!this.isStopped) return;
    this.isStopped = false;
    document.addEventListener('visibilitychange', this.onVisibility);
    this.open();
  }

  stop(): void {
    this.isStopped = true;
    document.removeEventListener('visibilitychange', this.onVisibility);
    clearTimeout(this.hidden);
    this.close();
    this.set('off');
  }

  retry(): void {
    clearTimeout(this.timer);
    this.open();
  }

  private readonly onVisibility = (): void => {
    clearTimeout(this.hidden);
    if (document.hidden) {
      this.hidden = setTimeout(() => this.close(), hiddenFor);
    } else if (this.source === null && !this.isStopped) {
      void this.client.invalidateQueries();
      this.open();
    }
  };

  private open(): void {
    this.close();
    this.nextTry = null;
    if (this.isStopped || document.hidden) return;
    const source = new EventSource(`${basePath}/api/console/events`);
    this.source = source;
    source.addEventListener('hello', () => {
      const wasLost = this.tries > 0;
      this.tries = 0;
      clearTimeout(this.bannerTimer);
      this.bannerTimer = undefined;
      this.set('up');
      // What happened meanwhile was not told.
      if (wasLost) void this.client.invalidateQueries();
    });
    source.addEventListener('message', (event: MessageEvent<string>) => {
      const hint = JSON.parse(event.data) as { kind: string; id: string };
      this.hint(hint.kind, hint.id === '*');
    });
    source.addEventListener('error', () => {
      this.close();
      this.bannerTimer ??= setTimeout(() => this.set('lost'), 10_000);
      const wait = Math.min(30_000, 1000 * 2 ** this.tries) * (0.75 + Math.random() / 2);
      this.tries += 1;
      this.nextTry = Date.now() + wait;
      this.timer = setTimeout(() => {
        // Signed out elsewhere looks the same; `me` tells.
        void this.client.invalidateQueries({ queryKey: ['me'] });
        this.open();
      }, wait);
    });
  }

  private hint(kind: string, isMany: boolean): void {
    const now = Date.now();
    const lately = this.lately.get(kind) ?? { from: now, hints: 0, until: 0 };
    this.lately.set(kind, lately);
    if (now - lately.from >= 1000) Object.assign(lately, { from: now, hints: 0 });
    lately.hints += isMany ? storm : 1;
    if (lately.hints > storm) lately.until = now + inStormAtMost;
    const apart = now < lately.until ? inStormAtMost : everyKindAtMost;
    for (const word of stale[kind] ?? [kind]) {
      if (this.due.has(word)) continue;
      // Many tabs hear the same at once; they need not all ask at once.
      const wait = Math.max(0, (this.last.get(word) ?? 0) + apart - now) + (Math.random() * apart) / 10;
      this.due.set(
        word,
        setTimeout(() => {
          this.due.delete(word);
          this.last.set(word, Date.now());
          void this.client.invalidateQueries({ queryKey: [word] });
        }, wait),
      );
    }
  }

  private close(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  private set(state: StreamState): void {
    if (this.state === state) return;
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
