import { useSyncExternalStore } from 'react';

/** Whether the server answers, and when this sign-in was last used: said by every call. */
let answers = true;
let isFeedDown = false;
let usedAt = Date.now();
let toldAt = 0;
const listeners = new Set<() => void>();
// Other tabs keep the same sign-in alive.
const tabs = new BroadcastChannel('hawser-used');
const apart = 20_000;

// A single call may fail for reasons of its own: the feed must be down too.
const isGone = () => isFeedDown && (!answers || !navigator.onLine);

function tell(change: () => void): void {
  const before = isGone();
  change();
  if (before === isGone()) return;
  for (const listener of listeners) listener();
}

// Without a network nothing is even asked.
for (const kind of ['online', 'offline']) {
  addEventListener(kind, () => {
    for (const listener of listeners) listener();
  });
}

tabs.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (typeof event.data === 'number') usedAt = Math.max(usedAt, event.data);
});

export const contact = {
  isGone,
  /** A call was answered, or not. */
  heard: (isAnswer: boolean) =>
    tell(() => {
      answers = isAnswer;
    }),
  /** The live feed has been down for a while, or is up. */
  feed: (isDown: boolean) =>
    tell(() => {
      isFeedDown = isDown;
      if (!isDown) answers = true;
    }),
  /** When the sign-in was last used, by this machine's clock. */
  usedAt: () => usedAt,
  used: () => {
    usedAt = Date.now();
    if (usedAt - toldAt < apart) return;
    toldAt = usedAt;
    tabs.postMessage(usedAt);
  },
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

/** Whether there is no contact with the server, so that nothing can be changed. */
export const useIsGone = () => useSyncExternalStore(subscribe, isGone);
