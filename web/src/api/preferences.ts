import { useSyncExternalStore } from 'react';
import { call } from './client';

/** How the console looks and behaves for a person, on every browser; what is empty is left to the browser. */
export type Preferences = {
  language: '' | 'en' | 'zh-CN';
  time_zone: string;
  hours: '' | '12' | '24';
  theme: '' | 'light' | 'dark';
  density: '' | 'compact';
  keys_off: boolean;
  /** Other letters for what is called by its usual one; after g: "g d". */
  keys: Record<string, string>;
  /** What the palette opened last, as it writes it. */
  recent: string[];
  /** The guids of devices that the person wants at hand. */
  favourites: string[];
};

const usual: Preferences = { language: '', time_zone: '', hours: '', theme: '', density: '', keys_off: false, keys: {}, recent: [], favourites: [] };

// Beside the queries: formats, colours and keys are needed where no query reaches, and at once.
let now = usual;
let isSomebodyHere = false;
let saving = 0;
const listeners = new Set<() => void>();

function set(next: Preferences): void {
  now = next;
  for (const listener of listeners) listener();
}

export const preferences = {
  get: () => now,
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
};

/** What the server says with `me`; not over what is on its way there. */
export function obey(said: Preferences): void {
  isSomebodyHere = true;
  if (saving === 0 && JSON.stringify(said) !== JSON.stringify(now)) set(said);
}

export const usePreferences = () => useSyncExternalStore(preferences.subscribe, preferences.get);

/** Holds at once, and is kept where somebody is signed in; what the server refuses is taken back. */
export async function savePreferences(change: Partial<Preferences>): Promise<void> {
  const before = now;
  set({ ...now, ...change });
  if (!isSomebodyHere) return;
  saving += 1;
  try {
    const kept = await call<Preferences>('PATCH', '/api/console/account/preferences', { body: change });
    // The last answer knows of all that were sent before it.
    if (saving === 1) set(kept);
  } catch (error) {
    set({ ...now, ...Object.fromEntries(Object.keys(change).map((key) => [key, before[key as keyof Preferences]])) });
    throw error;
  } finally {
    saving -= 1;
  }
}
