import { Button, Group } from '@mantine/core';
import { useDeferredValue, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Facts } from '../Card';
import { ErrorPanel } from '../ErrorPanel';
import { ExportMenu } from '../ExportMenu';
import { ColumnChooser } from './ColumnChooser';
import { DataTable, toggled, type Column } from './DataTable';
import { ListBar, type Filter } from './ListBar';
import styles from './ListView.module.css';
import type { Change, ListSearch } from './listSearch';
import { Nothing, Reach, type Ask } from './Nothing';
import { Pager } from './Pager';
import { Peek } from './Peek';
import { Shortcuts } from './Shortcuts';
import { useColumns } from './useColumns';
import { useListKeys } from './useListKeys';
import { useMatches } from './useMatches';
import type { Selection } from './useSelection';
import type { Move } from './useRowDrag';
import { useSteadyRows } from './useSteadyRows';
import { Views } from './Views';

type Read<T> = {
  data: { total: number; data: readonly T[] } | undefined;
  error: unknown;
  isPlaceholderData: boolean;
  isFetching: boolean;
  refetch: () => unknown;
};

type Key<T> = { text: string; work: (row: T) => void };

type Props<T> = {
  /** What this list is called where its columns and views are kept. */
  page: string;
  label: string;
  list: ListSearch;
  onChange: Change;
  read: Read<T>;
  /** How it is read; says how many there are when nothing matches. */
  ask?: Ask;
  /** Whoever is here is shown all there is. */
  isWhole?: boolean;
  columns: readonly Column<T>[];
  keyOf: (row: T) => string;
  nameOf: (row: T) => string;
  placeholder: string;
  filters?: readonly Filter[];
  selection?: Selection | undefined;
  /** Takes the place of the filters while something is selected. */
  bulk?: ((rows: readonly T[]) => ReactNode) | undefined;
  actions?: ((row: T) => ReactNode) | undefined;
  /** Below a row's facts in the panel. */
  peekMore?: ((row: T) => ReactNode) | undefined;
  /** Rows have places, and go to others by drag. */
  onMove?: Move | undefined;
  /** Single keys for a row. */
  keys?: Record<string, Key<T>>;
  /** What stands there when there is nothing at all. */
  empty: ReactNode;
  /** What is new stands on top at once, for who watches a log. */
  isFollowing?: boolean;
  /** More beside the search. */
  extra?: ReactNode;
  /** More below it. */
  below?: ReactNode;
  /** Where all that is asked for is as CSV; the file has the columns that are shown. */
  file?: string;
};

/** A list as every page has it: search, filters, views, columns, selection, keyboard, a panel beside it. */
export function ListView<T>(props: Props<T>) {
  const { page, label, list, onChange, read, keyOf, nameOf, selection, bulk, keys = {}, filters = [] } = props;
  const t = useTranslations('list');
  const [isHelping, setHelping] = useState(false);
  const view = useRef<HTMLDivElement>(null);
  useMatches(view, list.q);
  const columns = useColumns(page, props.columns, list.cols, () => onChange({ cols: undefined, page: String(list.page) }, true));
  // What is pressed is painted first: rows take as long as all else together, and may come a moment later.
  const { question } = list;
  const now = useMemo(
    () => ({ data: read.data, isOld: read.isPlaceholderData, question }), [read.data, read.isPlaceholderData, question],
  );
  const shown = useDeferredValue(now);
  const { rows, gone, fresh, showFresh } = useSteadyRows({
    rows: shown.data?.data, keyOf, question: shown.question, isOld: shown.isOld, size: list.size,
    isFollowing: props.isFollowing ?? false,
  });
  const ids = useMemo(() => (rows ?? []).map(keyOf), [rows, keyOf]);
  const rowOf = (key: string | undefined) => rows?.find((row) => keyOf(row) === key);
  const peek = (key: string | undefined) => onChange({ peek: key, page: String(list.page) }, true);
  const { active, go } = useListKeys({
    page,
    keys: ids,
    canSelect: selection !== undefined,
    onToggle: (key, isRange) => selection?.set(toggled(ids, selection.keys, key, isRange)),
    peek: list.peek,
    onPeek: peek,
    onClear: () => selection?.clear(),
    onReload: () => void read.refetch(),
    onHelp: () => setHelping(true),
    more: Object.fromEntries(
      Object.entries(keys).map(([key, { work }]) => [key, (id: string) => { const row = rowOf(id); if (row !== undefined) work(row); }]),
    ),
  });
  const total = shown.data?.total ?? 0;
  const isAsked = list.q !== '' || Object.keys(list.filters).length > 0;
  const peeked = rowOf(list.peek);
  const at = list.peek === undefined ? -1 : ids.indexOf(list.peek);
  const step = (by: number) => (at >= 0 && ids[at + by] !== undefined ? () => (active === list.peek ? go(by) : peek(ids[at + by])) : undefined);
  const isBroken = read.error !== null && read.data === undefined;
  const clear = () =>
    onChange({ q: undefined, ...Object.fromEntries(Object.keys(list.filters).map((key) => [key, undefined])) });

  return (
    <div ref={view} className={styles.view} data-peeking={peeked !== undefined || undefined}>
      <Views page={page} onChange={onChange} list={list} columns={columns} />
      {selection !== undefined && (selection.keys.size > 0 || selection.isAll) && bulk !== undefined ? (
        bulk((rows ?? []).filter((row) => selection.keys.has(keyOf(row))))
      ) : (
        <ListBar
          list={list}
          placeholder={props.placeholder}
          filters={filters}
          onChange={onChange}
          extra={
            <>
              {props.extra}
              <span className={styles.tools}>
                {props.file === undefined ? null : <ExportMenu csv={fileOf(props.file, columns.shown)} />}
                <span className={styles.chooser}>
                  <ColumnChooser columns={columns} />
                </span>
              </span>
            </>
          }
        />
      )}
      {props.below}
      {read.error === null ? null : <ErrorPanel error={read.error} onRetry={() => void read.refetch()} />}
      {fresh > 0 ? (
        <div className={styles.fresh} role="status">
          <Button size="xs" radius="xl" onClick={showFresh}>
            {t('fresh', { count: fresh })}
          </Button>
        </div>
      ) : null}
      {isBroken ? null : total === 0 && shown.data !== undefined && (rows?.length ?? 0) === 0 ? (
        isAsked ? (
          <Nothing list={list} ask={props.ask} isWhole={props.isWhole === true} onClear={clear} />
        ) : (
          <>
            {props.empty}
            {props.isWhole === true ? null : <Reach />}
          </>
        )
      ) : (
        <DataTable
          label={label}
          columns={columns.shown}
          rows={rows}
          keyOf={keyOf}
          nameOf={nameOf}
          sort={list.sort}
          onSort={(sort) => onChange({ sort })}
          selected={selection?.isAll === true ? new Set(ids) : selection?.keys}
          onSelect={selection?.set}
          actions={props.actions}
          active={active}
          gone={gone}
          isDense={columns.isDense}
          onMove={props.onMove}
          isReading={shown !== now || (read.isFetching && read.isPlaceholderData)}
        />
      )}
      {isBroken ? null : <Pager list={list} total={shown.data?.total} onChange={onChange} onHelp={() => setHelping(true)} />}
      {peeked === undefined ? null : (
        <Peek title={nameOf(peeked)} onPrevious={step(-1)} onNext={step(1)} onClose={() => peek(undefined)}>
          <Facts items={props.columns.filter((c) => c.isMain !== true).map((c) => [c.header, c.cell(peeked)] as const)} />
          <Group gap="xs" mt="md">{props.peekMore?.(peeked)}</Group>
        </Peek>
      )}
      {isHelping ? (
        <Shortcuts
          canSelect={selection !== undefined}
          more={Object.entries(keys).map(([key, { text }]) => [key, text] as const)}
          onClose={() => setHelping(false)}
        />
      ) : null}
    </div>
  );
}

/** The same file with the columns that are shown; what a row is about is always in it. */
export function fileOf<T>(file: string, shown: readonly Column<T>[]): string {
  const names = shown.flatMap((column) => column.inFile ?? []);
  return names.length === 0 ? file : `${file}&columns=${names.join(',')}`;
}
