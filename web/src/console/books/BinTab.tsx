import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { BulkBar } from '../../ui/BulkBar';
import { ConfirmTyped } from '../../ui/ConfirmTyped';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { ListBar } from '../../ui/DataTable/ListBar';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Nothing } from '../../ui/DataTable/Nothing';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain, say } from '../../ui/toast';
import styles from './books.module.css';
import { binQuery, booksQuery, nameOfEntry, purge, restore, type Binned, type Book } from './queries';

const noFilters: readonly string[] = [];
const noSort = () => undefined;
const day = 24 * 3600;

/** What was deleted from a book. */
export function BinTab({ book }: { book: Book }) {
  const t = useTranslations('books');
  const client = useQueryClient();
  const textOf = useProblemText();
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery(binQuery(book.guid, list));
  const [selected, setSelected] = useState<Set<string>>(() => new Set());
  const [isBusy, setBusy] = useState(false);
  const [doomed, setDoomed] = useState<{ ids: string[]; count: number } | null>(null);
  const days = useQuery(booksQuery).data?.limits.bin_days ?? 0;
  const format = useFormatter();
  const columns = useMemo<Column<Binned>[]>(
    () => [
      { id: 'alias', header: t('alias'), card: 'title', cell: nameOfEntry },
      { id: 'id', header: t('id'), card: 'line', cell: (e) => <span className="mono one-line">{groupedId(e.id)}</span> },
      { id: 'tags', header: t('tags'), cell: (e) => e.tags.join(', ') },
      { id: 'note', header: t('note'), cell: (e) => <span className="cut" title={e.note}>{e.note}</span> },
      { id: 'deleted', header: t('deletedAt'), card: 'line', cell: (e) => <TimeText iso={isoOf(e.deleted_at)} /> },
      { id: 'by', header: t('deletedBy'), cell: (e) => e.deleted_by },
      ...(days === 0
        ? []
        : [{ id: 'until', header: t('binUntil'), cell: (e: Binned) => format.dateTime(new Date((e.deleted_at + days * day) * 1000), { dateStyle: 'medium' }) }]),
    ],
    [t, format, days],
  );
  const work = async (what: () => Promise<string>) => {
    setBusy(true);
    try {
      say(await what());
      setSelected(new Set());
    } catch (problem) {
      complain(textOf(problem));
    }
    await client.invalidateQueries({ queryKey: ['books'] });
    setBusy(false);
    setDoomed(null);
  };
  const bringBack = () =>
    work(async () => t('restored', { count: (await restore(book.guid, [...selected])).restored }));
  const total = data?.total ?? 0;
  return (
    <div className={styles.detail}>
      <p className={styles.hint}>{days === 0 ? t('binText') : t('binDays', { days })}</p>
      {selected.size > 0 ? (
        <BulkBar count={selected.size} progress={null} onClear={() => setSelected(new Set())}>
          <Button disabled={isBusy} onClick={() => void bringBack()}>
            {t('restore', { count: selected.size })}
          </Button>
          <Button variant="default" color="red" disabled={isBusy} onClick={() => setDoomed({ ids: [...selected], count: selected.size })}>
            {t('purge', { count: selected.size })}
          </Button>
        </BulkBar>
      ) : (
        <ListBar
          list={list}
          placeholder={t('searchBin')}
          onChange={change}
          extra={
            total > 0 && list.q === '' ? (
              <Button variant="default" color="red" onClick={() => setDoomed({ ids: [], count: total })}>
                {t('emptyBin')}
              </Button>
            ) : null
          }
        />
      )}
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        list.q === '' ? (
          <Empty title={t('binEmpty')} text={t('binText')} />
        ) : (
          <Nothing list={list} ask={(all) => binQuery(book.guid, all)} isWhole onClear={() => change({ q: undefined })} />
        )
      ) : (
        <DataTable
          label={t('tabs.bin')}
          columns={columns}
          rows={data?.data}
          keyOf={(e) => e.id}
          nameOf={nameOfEntry}
          sort=""
          onSort={noSort}
          selected={selected}
          onSelect={setSelected}
        />
      )}
      <Pager list={list} total={data?.total} onChange={change} />
      <ConfirmTyped
        isOpen={doomed !== null}
        title={t('purgeTitle', { count: doomed?.count ?? 0 })}
        action={t('purge', { count: doomed?.count ?? 0 })}
        word={String(doomed?.count ?? 0)}
        isBusy={isBusy}
        onCancel={() => setDoomed(null)}
        onConfirm={() =>
          void work(async () => {
            await purge(book.guid, doomed?.ids ?? []);
            return t('purged', { count: doomed?.count ?? 0 });
          })
        }
      >
        {t('purgeText')}
      </ConfirmTyped>
    </div>
  );
}
