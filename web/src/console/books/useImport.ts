import { useRef, useState } from 'react';
import { mostAtOnce, sendMany, type EntryChange, type ManyOptions, type Outcome } from './queries';

export type RowResult = { outcome: Outcome; reason: string };

export type ImportState = {
  isRunning: boolean;
  /** Nothing is stored: what would happen. */
  isTrial: boolean;
  isCancelled: boolean;
  done: number;
  all: number;
  /** One for each row that was done; null before anything was. */
  results: RowResult[] | null;
  error: unknown;
};

const nothing: ImportState = { isRunning: false, isTrial: true, isCancelled: false, done: 0, all: 0, results: null, error: null };

/** Sends rows in portions, so that there is progress to show and a place to stop. */
export function useImport(book: string) {
  const [state, setState] = useState<ImportState>(nothing);
  const stop = useRef<AbortController | null>(null);

  const run = async (rows: readonly EntryChange[], options: ManyOptions, isTrial: boolean) => {
    stop.current?.abort();
    const mine = new AbortController();
    stop.current = mine;
    const results: RowResult[] = [];
    const tell = (more: Partial<ImportState>) =>
      setState({ ...nothing, isTrial, done: results.length, all: rows.length, results: [...results], ...more });
    tell({ isRunning: true, results: null });
    try {
      for (let i = 0; i < rows.length && !mine.signal.aborted; i += mostAtOnce) {
        // What was sent is waited for, so that what the server did is known.
        const reply = await sendMany(book, rows.slice(i, i + mostAtOnce), { ...options, dry_run: isTrial });
        results.push(...reply.results.map((r) => ({ outcome: r.outcome, reason: r.reason ?? '' })));
        if (stop.current === mine) tell({ isRunning: true });
      }
      if (stop.current === mine) tell({ isCancelled: mine.signal.aborted });
    } catch (error) {
      if (stop.current === mine) tell({ error });
    }
  };

  const reset = () => {
    stop.current?.abort();
    stop.current = null;
    setState(nothing);
  };

  return { state, run, cancel: () => stop.current?.abort(), reset };
}
