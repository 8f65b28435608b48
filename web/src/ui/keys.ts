import { useEffect, useRef } from 'react';
import { useCallbackRef } from '@mantine/hooks';

const storage = 'hawser-keys';

/** Whether single letters do something; some people speak or tremble into their keyboards. */
export const keysAreOn = () => localStorage.getItem(storage) !== 'off';

export const setKeys = (isOn: boolean) => (isOn ? localStorage.removeItem(storage) : localStorage.setItem(storage, 'off'));

const writes = 'textarea, select, [contenteditable="true"], input:not([type="checkbox"], [type="radio"])';

/** Text goes where it is typed; a layer above the page has its own keys. */
function isElsewhere(event: KeyboardEvent): boolean {
  const at = event.target instanceof Element ? event.target : null;
  if (event.ctrlKey || event.metaKey || event.altKey || at?.closest(writes) || at?.closest('[role="dialog"]:not([data-peek])')) return true;
  const layers = document.querySelectorAll('[aria-modal="true"]:not([data-peek]), [role="menu"], [role="listbox"]');
  return [...layers].some((layer) => layer.checkVisibility());
}

let goAt = -Infinity;

/** Single keys of a page. A letter after g is where one goes, not one of these. */
export function useKeys(keys: Record<string, ((event: KeyboardEvent) => unknown) | undefined>) {
  const elsewhere = useRef<KeyboardEvent | null>(null);
  // Before anybody hears of it: a menu that Escape closes is gone by the time the key arrives here.
  const look = useCallbackRef((event: KeyboardEvent) => {
    elsewhere.current = isElsewhere(event) ? event : null;
  });
  const press = useCallbackRef((event: KeyboardEvent) => {
    const isAfterGo = event.timeStamp - goAt < 1500;
    if (event.key === 'g') goAt = event.timeStamp;
    else goAt = -Infinity;
    const isLetter = event.key.length === 1;
    if (elsewhere.current === event || event.defaultPrevented || (isLetter && (isAfterGo || !keysAreOn()))) return;
    const work = keys[event.key] ?? (event.shiftKey ? keys[event.key.toLowerCase()] : undefined);
    if (work === undefined) return;
    // A button or link under the focus has Enter for itself.
    if (event.key === 'Enter' && event.target instanceof Element && event.target.closest('a, button, input') !== null) return;
    // false: it was not for this.
    if (work(event) !== false) event.preventDefault();
  });
  useEffect(() => {
    document.addEventListener('keydown', look, true);
    document.addEventListener('keydown', press);
    return () => {
      document.removeEventListener('keydown', look, true);
      document.removeEventListener('keydown', press);
    };
  }, [look, press]);
}
