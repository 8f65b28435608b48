import type { QueryClient } from '@tanstack/react-query';
import { basePath } from '../api/base';
import { changedAt } from '../api/client';
import { contact } from '../api/contact';

export type StreamState = 'off' | 'up' | 'lost';

/** Which queries a kind of hint makes stale: those whose key begins with one of these words. */
const stale: Record<string, string[]> = {
  device: ['devices', 'overview'],
  session: ['sessions', 'audit', 'overview'],
  recording: ['recordings'],
  alarm: ['alarms', 'overview'],
  relay: ['relays', 'overview', 'health'],
  user: ['users', 'groups'],
  group: ['groups', 'device-groups'],
  book: ['books'],
  rule: ['access', 'rule', 'control-roles', 'admin-roles'],
  setting: ['me', 'start', 'settings', 'channels', 'deliveries', 'deploy-tokens', 'tokens', 'backups', 'client-setup', 'reach'],
  me: ['me'],
  job: ['jobs'],
};

/** Kinds that are told to those who do not see the page, with the query that shows them. */
const told = { device: 'devices', session: 'sessions', recording: 'recordings', alarm: 'alarms' } as const;

/** How many things of each kind changed on the page; the last entry may be that much did. */
export type News = readonly (readonly [kind: keyof typeof told, count: number])[];

const newsApart = 10_000;
const pollEvery = 15_000;
/** What somebody did is no news to the same person. */
const ownFor = 3000;
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
  private poll: ReturnType<typeof setInterval> | undefined;
  private readonly heard = new Map<keyof typeof told, Set<string>>();
  private newsTimer: ReturnType<typeof setTimeout> | undefined;
  private newsAt = -Infinity;
  private readonly newsListeners = new Set<(news: News) => void>();
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

  /** Hears what changed on the page, at most once in ten seconds. */
  readonly onNews = (listener: (news: News) => void): (() => void) => {
    this.newsListeners.add(listener);
    return () => {
      this.newsListeners.delete(listener);
    };
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
    clearTimeout(this.newsTimer);
    this.close();
    this.set('off');
  }

  retry(): void {
    clearTimeout(this.timer);
    void this.client.invalidateQueries({ queryKey: ['me'] });
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
      this.note(hint.kind, hint.id);
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

  private note(kind: string, id: string): void {
    const now = Date.now();
    if (!(kind in told) || changedAt.now - changedAt.last < ownFor) return;
    const known = kind as keyof typeof told;
    // Only of what is on the screen.
    if (this.client.getQueryCache().find({ queryKey: [told[known]], type: 'active', exact: false }) === undefined) return;
    this.heard.set(known, (this.heard.get(known) ?? new Set()).add(id));
    this.newsTimer ??= setTimeout(
      () => {
        const news = [...this.heard].map(([which, ids]) => [which, ids.has('*') ? 0 : ids.size] as const);
        this.heard.clear();
        this.newsTimer = undefined;
        this.newsAt = Date.now();
        for (const listener of this.newsListeners) listener(news);
      },
      Math.max(1000, this.newsAt + newsApart - now),
    );
  }

  // Without the feed the page is read again now and then, where the server can be reached at all.
  private readonly pollNow = async (): Promise<void> => {
    if (document.hidden) return;
    await this.client.refetchQueries({ queryKey: ['me'] });
    if (!contact.isGone()) await this.client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'me' });
  };

  private close(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  private set(state: StreamState): void {
    if (this.state === state) return;
    this.state = state;
    clearInterval(this.poll);
    if (state === 'lost') this.poll = setInterval(() => void this.pollNow(), pollEvery);
    contact.feed(state === 'lost');
    for (const listener of this.listeners) listener();
  }
}
