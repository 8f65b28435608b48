import { useSyncExternalStore } from 'react';

// One clock for all relative times, set right by the server's own.
let offset = 0;
let now = Date.now();
const listeners = new Set<() => void>();

export function setServerTime(date: Date): void {
  const drift = date.getTime() - Date.now();
  // The header has whole seconds; less is no drift.
  offset = Math.abs(drift) < 2000 ? 0 : drift;
}

setInterval(() => {
  now = Date.now() + offset;
  for (const listener of listeners) listener();
}, 10_000);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The time of the server, in steps of ten seconds. */
export function useClock(): number {
  return useSyncExternalStore(subscribe, () => now);
}
