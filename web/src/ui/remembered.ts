import { useState } from 'react';

// What a person set for the eyes only, in this browser; another person at the same browser has their own.
const keyOf = (person: string, name: string) => `hawser:${person}:${name}`;

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    // Written by somebody else, or storage is switched off.
    return null;
  }
}

/** A value that this browser remembers for a person; null: nothing yet. */
export function useRemembered(person: string, name: string): [unknown, (value: unknown) => void] {
  const key = keyOf(person, name);
  const [value, setValue] = useState(() => ({ key, now: read(key) }));
  if (value.key !== key) setValue({ key, now: read(key) });
  const keep = (now: unknown) => {
    setValue({ key, now });
    try {
      if (now === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(now));
    } catch {
      // For this page at least.
    }
  };
  return [value.now, keep];
}
