import { Button } from '@mantine/core';
import { IconAlertTriangle, IconArrowsSplit, IconCirclePlus, IconEqual, IconPencil } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { saveText } from '../../ui/saveText';
import { Status } from '../../ui/Status';
import styles from './books.module.css';
import { writeCsv } from './csv';
import type { EntryChange, Outcome } from './queries';
import type { ImportState, RowResult } from './useImport';

type Props = { entries: readonly EntryChange[]; state: ImportState; onImport: () => void; onCancel: () => void };
type Row = { number: number; entry: EntryChange; result: RowResult };

const shown = 200;
const outcomes: readonly Outcome[] = ['added', 'changed', 'same', 'kept', 'refused'];
const noSort = () => undefined;
const icons = {
  added: { tone: 'ok', icon: IconCirclePlus },
  changed: { tone: 'info', icon: IconPencil },
  same: { tone: 'neutral', icon: IconEqual },
  kept: { tone: 'warn', icon: IconArrowsSplit },
  refused: { tone: 'bad', icon: IconAlertTriangle },
} as const;

/** What would become of each row; then how far it is, and what became of them. */
export function ImportPreview({ entries, state, onImport, onCancel }: Props) {
  const t = useTranslations('books');
  const rows = useMemo(() => {
    const all = (state.results ?? []).flatMap((result, index): Row[] => {
      const entry = entries[index];
      // The first line is the header.
      return entry === undefined ? [] : [{ number: index + 2, entry, result }];
    });
    // What needs a look comes first.
    const rank = (row: Row) => ['refused', 'kept'].indexOf(row.result.outcome);
    return all.sort((a, b) => Number(rank(b) >= 0) - Number(rank(a) >= 0) || rank(a) - rank(b));
  }, [entries, state.results]);
  const count = (outcome: Outcome) => rows.filter((r) => r.result.outcome === outcome).length;
  const columns = useMemo<Column<Row>[]>(
    () => [
      { id: 'row', header: t('rowNumber'), isNumber: true, cell: (r) => r.number },
      { id: 'outcome', header: t('outcome'), card: 'state', cell: (r) => <OutcomeChip outcome={r.result.outcome} /> },
      { id: 'id', header: t('id'), card: 'title', cell: (r) => <span className="mono">{r.entry.id}</span> },
      { id: 'alias', header: t('alias'), card: 'line', cell: (r) => r.entry.alias ?? '' },
      { id: 'tags', header: t('tags'), cell: (r) => (r.entry.tags ?? []).join(', ') },
      { id: 'reason', header: t('reason'), card: 'line', cell: (r) => r.result.reason },
    ],
    [t],
  );
  if (state.results === null && !state.isRunning && state.error === null) return null;
  const toDo = count('added') + count('changed');
  const isDone = !state.isTrial && !state.isRunning;
  return (
    <Card title={state.isTrial ? t('step.preview') : t('step.result')}>
      {state.error === null ? null : <ErrorPanel error={state.error} />}
      {state.isRunning ? (
        <div className={styles.row}>
          <progress className={styles.progress} value={state.done} max={Math.max(1, state.all)} aria-label={t('step.result')} />
          <span role="status">{t('rowsDone', { done: state.done, all: state.all })}</span>
          {state.isTrial ? null : (
            <Button variant="default" onClick={onCancel}>
              {t('stop')}
            </Button>
          )}
        </div>
      ) : (
        <div className={styles.tagBar} role="status">
          {outcomes.filter((o) => count(o) > 0).map((o) => (
            <Status key={o} tone={icons[o].tone} icon={icons[o].icon} word={t(`outcomesCount.${o}`, { count: count(o) })} />
          ))}
          {state.isCancelled ? <span>{t('stopped', { done: state.done, all: state.all })}</span> : null}
        </div>
      )}
      {state.isRunning ? null : (
        <div className={styles.row}>
          {isDone ? (
            <Button variant="default" onClick={() => saveText('import-report.csv', report(rows))}>
              {t('report')}
            </Button>
          ) : (
            <Button disabled={toDo === 0} onClick={onImport}>
              {t('importRows', { count: toDo })}
            </Button>
          )}
        </div>
      )}
      <DataTable
        label={t('step.preview')}
        columns={columns}
        rows={rows.slice(0, shown)}
        keyOf={(r) => String(r.number)}
        nameOf={(r) => r.entry.id}
        sort=""
        onSort={noSort}
      />
      {rows.length > shown ? <p className={styles.hint}>{t('moreRows', { count: rows.length - shown })}</p> : null}
    </Card>
  );
}

function OutcomeChip({ outcome }: { outcome: Outcome }) {
  const t = useTranslations('books');
  return <Status tone={icons[outcome].tone} icon={icons[outcome].icon} word={t(`outcomes.${outcome}`)} />;
}

function report(rows: readonly Row[]): string {
  const lines = [...rows].sort((a, b) => a.number - b.number)
    .map((r) => [String(r.number), r.entry.id, r.result.outcome, r.result.reason]);
  return writeCsv([['row', 'id', 'outcome', 'reason'], ...lines]);
}
