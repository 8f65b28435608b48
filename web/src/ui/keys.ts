import { useCallbackRef } from '@mantine/hooks';
import { useEffect } from 'react';
import { preferences } from '../api/preferences';
import { nameOf } from './keyNames';

type Keys = Record<string, ((event: KeyboardEvent) => unknown) | undefined>;

const writes = 'textarea, select, [contenteditable="true"], input:not([type="checkbox"], [type="radio"])';

/** Text goes where it is typed; a layer above the page has its own keys. */
function isElsewhere(event: KeyboardEvent): boolean {
  const at = event.target instanceof Element ? event.target : null;
  if (event.ctrlKey || event.metaKey || event.altKey || at?.closest(writes) || at?.closest('[role="dialog"]:not([data-peek])')) return true;
  const layers = document.querySelectorAll('[aria-modal="true"]:not([data-peek]), [role="menu"], [role="listbox"]');
  return [...layers].some((layer) => layer.checkVisibility());
}

// One ear for all: what comes after g must be the same for everybody who listens.
const listeners = new Set<(name: string, event: KeyboardEvent) => boolean>();
let goAt = -Infinity;
let elsewhere: KeyboardEvent | null = null;

/** What a key is called; single letters as the person chose them, and nothing where they are switched off. */
function nameFor(event: KeyboardEvent, isAfterGo: boolean): string | undefined {
  const { keys, keys_off: isOff } = preferences.get();
  if (event.key.length > 1) return event.key;
  return isOff ? undefined : nameOf(keys, event.key, isAfterGo);
}

function press(event: KeyboardEvent): void {
  const isAfterGo = event.timeStamp - goAt < 1500;
  goAt = -Infinity;
  if (elsewhere === event || event.defaultPrevented) return;
  const name = nameFor(event, isAfterGo);
  if (name === undefined) return;
  if (name === 'g') {
    goAt = event.timeStamp;
    return;
  }
  for (const listener of [...listeners]) if (listener(name, event)) return;
  // With the shift key a letter is another one; most keys don't mind.
  const plain = event.shiftKey && event.key.length === 1 && !isAfterGo ? nameOf(preferences.get().keys, event.key.toLowerCase(), false) : undefined;
  if (plain !== undefined) for (const listener of [...listeners]) if (listener(plain, event)) return;
}

function listen(listener: (name: string, event: KeyboardEvent) => boolean): () => void {
  if (listeners.size === 0) {
    // Before anybody hears of it: a menu that Escape closes is gone by the time the key arrives here.
    document.addEventListener('keydown', look, true);
    document.addEventListener('keydown', press);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener('keydown', look, true);
    document.removeEventListener('keydown', press);
  };
}

function look(event: KeyboardEvent): void {
  elsewhere = isElsewhere(event) ? event : null;
}

/** Single keys of a page, by their usual letters; a letter after g is "g d". */
export function useKeys(keys: Keys) {
  const hear = useCallbackRef((name: string, event: KeyboardEvent) => {
    const work = keys[name];
    if (work === undefined) return false;
    // A button or link under the focus has Enter for itself.
    if (event.key === 'Enter' && event.target instanceof Element && event.target.closest('a, button, input') !== null) return false;
    // false: it was not for this.
    if (work(event) === false) return false;
    event.preventDefault();
    return true;
  });
  useEffect(() => listen(hear), [hear]);
}
