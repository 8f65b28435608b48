import { useSyncExternalStore } from 'react';

// Sessions that this tab asked to end: the device obeys with its next heartbeat, a few seconds later.
let asked: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

export function markEnding(guid: string): void {
  asked = new Set([...asked, guid]);
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The sessions that were asked to end. */
export const useEnding = () => useSyncExternalStore(subscribe, () => asked);
