import { useCallbackRef, useMediaQuery } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Cards } from './Cards';
import { Grid } from './Grid';
import type { Move } from './useRowDrag';

export type Column<T> = {
  id: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** The server sorts by this word. */
  sort?: string;
  isNumber?: boolean;
  /** Cannot be hidden. */
  isFixed?: boolean;
  /** Hidden until somebody chooses it. */
  isExtra?: boolean;
  /** Its link or button is that of the whole row. */
  isMain?: boolean;
  /** What the server calls it in a file of the list. */
  inFile?: string | readonly string[];
  /** On a phone: the card's title, one of its lines, or not there. */
  card?: 'title' | 'line' | 'state';
};

export type TableProps<T> = {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[] | undefined;
  keyOf: (row: T) => string;
  nameOf: (row: T) => string;
  sort: string;
  onSort: (sort: string) => void;
  selected?: ReadonlySet<string> | undefined;
  onSelect?: ((selected: Set<string>) => void) | undefined;
  actions?: ((row: T) => ReactNode) | undefined;
  /** The row that the keyboard is at. */
  active?: string | undefined;
  /** Rows that are not in the list any more. */
  gone?: ReadonlySet<string> | undefined;
  isDense?: boolean;
  /** Rows have places, and go to others by drag. */
  onMove?: Move | undefined;
  /** Read again, for longer than one would wait. */
  isReading?: boolean;
  /** Cards also on a wide screen, side by side. */
  isBoard?: boolean;
};

export type Toggle = (key: string, isRange: boolean) => void;

/** A list on a native table; cards on a phone, from the same columns. The server sorts, filters and pages. */
export function DataTable<T>(props: TableProps<T>) {
  const isPhone = useMediaQuery('(max-width: 639px)', false, { getInitialValueInEffect: false });
  // The same function for ever, so that a row is drawn again only when it is another one.
  const onToggle = useCallbackRef((key: string, isRange: boolean) => {
    props.onSelect?.(toggled((props.rows ?? []).map(props.keyOf), props.selected ?? new Set(), key, isRange));
  });
  return isPhone || props.isBoard === true ? <Cards {...props} onToggle={onToggle} /> : <Grid {...props} onToggle={onToggle} />;
}

let lastKey = '';

/** One more or one less; with a range, all from the one before. */
export function toggled(keys: readonly string[], before: ReadonlySet<string>, key: string, isRange: boolean): Set<string> {
  const after = new Set(before);
  const [from, to] = [keys.indexOf(lastKey), keys.indexOf(key)];
  if (isRange && from >= 0 && to >= 0) {
    for (const one of keys.slice(Math.min(from, to), Math.max(from, to) + 1)) after.add(one);
  } else if (!after.delete(key)) {
    after.add(key);
  }
  lastKey = key;
  return after;
}
