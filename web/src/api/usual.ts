import { useSyncExternalStore } from 'react';

/** What this server is set to, for whoever chose nothing; empty: as the browser has it. */
export type Usual = { default_language: '' | 'en' | 'zh-CN'; default_time_zone: string };

let now: Usual = { default_language: '', default_time_zone: '' };
const listeners = new Set<() => void>();

/** What the server says with `me`, and to the page where people sign in. */
export function setUsual({ default_language, default_time_zone }: Usual): void {
  if (default_language === now.default_language && default_time_zone === now.default_time_zone) return;
  now = { default_language, default_time_zone };
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

export const useUsual = () => useSyncExternalStore(subscribe, () => now);
