import { useState } from 'react';

/** What is selected of a list: rows of this page, or all that match what is asked. */
export type Selection = {
  keys: ReadonlySet<string>;
  isAll: boolean;
  set: (keys: Set<string>) => void;
  selectAll: () => void;
  clear: () => void;
};

const none: ReadonlySet<string> = new Set();

/** Another question is another list: the selection of before is not seen any more, so it is none. */
export function useSelection(question: unknown): Selection {
  const [state, setState] = useState({ question, keys: none, isAll: false });
  const now = state.question === question ? state : { question, keys: none, isAll: false };
  if (now !== state) setState(now);
  return {
    keys: now.keys,
    isAll: now.isAll,
    set: (keys) => setState({ question, keys, isAll: false }),
    selectAll: () => setState({ ...now, isAll: true }),
    clear: () => setState({ question, keys: none, isAll: false }),
  };
}
