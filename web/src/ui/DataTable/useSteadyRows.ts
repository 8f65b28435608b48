import { useEffect, useState } from 'react';
import { changedAt } from '../../api/client';
import { steady, type Steady } from './steady';

type Read<T> = { rows: readonly T[] | undefined; keyOf: (row: T) => string; question: unknown; isOld: boolean; size: number; isFollowing?: boolean };

/** How long a row that is gone is still seen. */
const farewell = 5000;

/** After a change of one's own one wants to see what became of it. */
const own = 3000;

/** The rows of a list as they are shown; see {@link steady}. */
export function useSteadyRows<T>({ rows, keyOf, question, isOld, size, isFollowing = false }: Read<T>) {
  const [source, setSource] = useState<readonly T[] | undefined>(undefined);
  const [asked, setAsked] = useState<unknown>(undefined);
  const [shown, setShown] = useState<Steady<T> | undefined>(undefined);
  const take = (next: readonly T[]) => setShown({ rows: next, gone: new Set(), fresh: 0 });
  if (rows !== source && !isOld) {
    setSource(rows);
    setAsked(question);
    if (rows === undefined) setShown(undefined);
    else if (shown === undefined || isFollowing || asked !== question || changedAt.now - changedAt.last < own) take(rows);
    else setShown(steady(shown.rows.filter((row) => !shown.gone.has(keyOf(row))), rows, keyOf, size));
  }

  const hasGone = (shown?.gone.size ?? 0) > 0;
  useEffect(() => {
    if (!hasGone) return undefined;
    const timer = setTimeout(
      () => setShown((s) => s && { ...s, rows: s.rows.filter((row) => !s.gone.has(keyOf(row))), gone: new Set() }),
      farewell,
    );
    return () => clearTimeout(timer);
  }, [hasGone, source, keyOf]);

  return {
    rows: shown?.rows,
    gone: shown?.gone,
    fresh: shown?.fresh ?? 0,
    showFresh: () => (source === undefined ? undefined : take(source)),
  };
}
