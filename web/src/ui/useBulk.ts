import { useState } from 'react';
import { useProblemText } from './problemText';

const atOnce = 4;

export type BulkResult = { done: number; failed: number; reason: string };

/** Does one thing to many, a few at a time, and says what became of them. */
export function useBulk() {
  const textOf = useProblemText();
  const [progress, setProgress] = useState<{ done: number; all: number } | null>(null);
  const run = async (keys: readonly string[], work: (key: string) => Promise<unknown>): Promise<BulkResult> => {
    const waiting = [...keys];
    const result: BulkResult = { done: 0, failed: 0, reason: '' };
    setProgress({ done: 0, all: keys.length });
    const lane = async () => {
      for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
        try {
          await work(key);
          result.done += 1;
        } catch (error) {
          result.failed += 1;
          result.reason = textOf(error);
        }
        setProgress({ done: result.done + result.failed, all: keys.length });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    setProgress(null);
    return result;
  };
  return { run, progress };
}
