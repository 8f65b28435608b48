import { useEffect, useRef, useState } from 'react';
import { useKeys } from '../keys';

type Props = {
  page: string;
  keys: readonly string[];
  canSelect: boolean;
  onToggle: (key: string, isRange: boolean) => void;
  /** A key that was opened in the panel; it follows. */
  peek: string | undefined;
  onPeek: (key: string | undefined) => void;
  onClear: () => void;
  onReload: () => void;
  onHelp: () => void;
  /** More single keys, for one row. */
  more: Record<string, ((key: string) => void) | undefined>;
};

// Where one was in each list, for when one comes back.
const left = new Map<string, string>();

const rowOf = (key: string) => document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);

/** j and k go through the rows, x selects, Enter opens, p shows beside the list; ? says the rest. */
export function useListKeys({ page, keys, canSelect, onToggle, peek, onPeek, onClear, onReload, onHelp, more }: Props) {
  const [active, setActive] = useState(() => left.get(page));
  // Back from a page, one is at the row one left; after a reload or a press elsewhere, one is not.
  const isBack = useRef(active !== undefined);
  const isThere = active !== undefined && keys.includes(active);
  useEffect(() => {
    if (!isThere || !isBack.current) return;
    isBack.current = false;
    if (document.activeElement === document.body) focusRow(active);
  }, [isThere, active]);
  const go = (by: number) => {
    const at = active === undefined ? -1 : keys.indexOf(active);
    const next = keys[Math.min(keys.length - 1, Math.max(0, at + by))];
    if (next === undefined) return false;
    setActive(next);
    left.set(page, next);
    if (peek !== undefined) onPeek(next);
    focusRow(next);
    return true;
  };
  const here = (work: (key: string) => void) => () => {
    if (active !== undefined && keys.includes(active)) work(active);
  };
  const open = (key: string) => {
    const main = rowOf(key)?.querySelector<HTMLElement>('[data-main] :is(a, button)');
    if (main === null || main === undefined) onPeek(key);
    else main.click();
  };
  useKeys({
    j: () => go(1),
    k: () => go(-1),
    ArrowDown: () => isAtRow() && go(1),
    ArrowUp: () => isAtRow() && go(-1),
    x: canSelect ? (event) => here((key) => onToggle(key, event.shiftKey))() : undefined,
    Enter: here(open),
    p: here((key) => onPeek(peek === key ? undefined : key)),
    r: onReload,
    '?': onHelp,
    Escape: () => (peek === undefined ? onClear() : onPeek(undefined)),
    ...Object.fromEntries(Object.entries(more).map(([key, work]) => [key, work && here(work)])),
  });
  return { active, go };
}

// The arrows scroll a page, unless one is in its list.
const isAtRow = () => document.activeElement?.matches('tr[data-key]') === true;

/** The row may not be drawn yet where only those are drawn that are seen. */
function focusRow(key: string): void {
  const row = rowOf(key);
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
}
