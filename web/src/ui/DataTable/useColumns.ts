import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { savePreferences, usePreferences } from '../../api/preferences';
import { columnsQuery, keepColumns } from '../../api/views';
import { useProblemText } from '../problemText';
import { complain } from '../toast';
import { layoutOf, shownOf, type Layout } from './columnLayout';
import type { Column } from './DataTable';

export type Columns<T> = {
  all: readonly Column<T>[];
  shown: readonly Column<T>[];
  layout: Layout;
  setLayout: (layout: Layout) => void;
  /** As they usually are. */
  reset: () => void;
  isDense: boolean;
  setDense: (isDense: boolean) => void;
};

/** The columns of a list as its reader chose them; the server keeps the choice, what the address names wins. */
export function useColumns<T>(page: string, all: readonly Column<T>[], named: string, onChoose: () => void): Columns<T> {
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data: kept } = useQuery(columnsQuery(page));
  const { density } = usePreferences();
  const layout = useMemo(() => layoutOf(all, named === '' ? (kept ?? []) : named.split(',')), [all, kept, named]);
  const shown = useMemo(() => shownOf(layout).flatMap((id) => all.find((c) => c.id === id) ?? []), [all, layout]);
  const keep = useMutation({
    mutationFn: (columns: readonly string[]) => keepColumns(page, columns),
    // One after the other: the last one is what stays.
    scope: { id: `columns ${page}` },
    onMutate: (columns) => {
      client.setQueryData(columnsQuery(page).queryKey, [...columns]);
    },
    onError: (problem) => complain(textOf(problem)),
  });
  const choose = (columns: readonly string[]) => {
    onChoose();
    keep.mutate(columns);
  };
  return {
    all,
    shown,
    layout,
    setLayout: (next) => choose(shownOf(next)),
    reset: () => choose([]),
    isDense: density === 'compact',
    setDense: (isDense) => {
      savePreferences({ density: isDense ? 'compact' : '' }).catch((problem: unknown) => complain(textOf(problem)));
    },
  };
}
