import { Button } from '@mantine/core';
import { useQuery, type UseQueryOptions } from '@tanstack/react-query';
import { useCallback, useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { Job } from '../api/jobs';
import type { PageOf } from '../api/lists';
import { useMe } from '../api/me';
import { BulkBar } from '../ui/BulkBar';
import { ConfirmTyped } from '../ui/ConfirmTyped';
import type { Column } from '../ui/DataTable/DataTable';
import { ListView } from '../ui/DataTable/ListView';
import { useListSearch, type ListSearch } from '../ui/DataTable/listSearch';
import { useSelection } from '../ui/DataTable/useSelection';
import { Empty } from '../ui/Empty';
import { Page } from '../ui/Page';
import { useStartJob } from './jobs/useStartJob';

type Props<T> = {
  /** What this list is called where its columns and views are kept. */
  page: string;
  suffix: string;
  tabs: ReactNode;
  /** What it says about its rows. */
  words: 'devices.bin' | 'users.bin';
  query: (list: ListSearch) => UseQueryOptions<PageOf<T>, Error, PageOf<T>, string[]>;
  columns: readonly Column<T>[];
  nameOf: (row: T) => string;
  restore: (guids: readonly string[]) => Promise<Job>;
  purge: (guids: readonly string[], reason: string) => Promise<Job>;
  /** Takes the place of restoring one row, where more has to be asked. */
  onRestore?: (row: T) => boolean;
};

const noFilters: readonly string[] = [];

/** What was deleted, and is had back from here for a while. */
export function BinPage<T extends { guid: string }>(props: Props<T>) {
  const { page, columns, nameOf, restore, purge, onRestore } = props;
  const t = useTranslations('entities.bin');
  const w = useTranslations(props.words);
  const me = useMe();
  const { list, change } = useListSearch('-deleted_at', noFilters);
  const read = useQuery(props.query(list));
  const selection = useSelection(list.question);
  const [purged, setPurged] = useState<readonly string[] | null>(null);
  const { clear } = selection;
  const begin = useStartJob();
  const start = useCallback((work: Promise<Job>) => void begin(work, clear), [begin, clear]);
  const actions = useCallback(
    (row: T) => (
      <Button
        size="xs"
        variant="default"
        onClick={() => {
          if (onRestore?.(row) !== true) start(restore([row.guid]));
        }}
      >
        {t('restore')}
      </Button>
    ),
    [t, onRestore, restore, start],
  );
  const chosen = [...selection.keys];
  const count = purged?.length ?? 0;
  return (
    <Page title={t('title')} suffix={`${props.suffix} · ${me.server_name}`} lead={w('lead')}>
      {props.tabs}
      <ListView
        page={page}
        label={t('title')}
        list={list}
        onChange={change}
        read={read}
        ask={props.query}
        columns={columns}
        keyOf={(row) => row.guid}
        nameOf={nameOf}
        placeholder={w('search')}
        selection={selection}
        bulk={() => (
          <BulkBar count={chosen.length} progress={null} onClear={clear}>
            <Button variant="default" onClick={() => start(restore(chosen))}>
              {w('restoreMany', { count: chosen.length })}
            </Button>
            <Button variant="default" color="red" onClick={() => setPurged(chosen)}>
              {w('purgeMany', { count: chosen.length })}
            </Button>
          </BulkBar>
        )}
        actions={actions}
        empty={<Empty title={t('empty')} text={w('emptyText')} />}
      />
      <ConfirmTyped
        isOpen={purged !== null}
        title={w('purgeTitle', { count })}
        action={w('purgeMany', { count })}
        word={String(count)}
        hasReason
        onCancel={() => setPurged(null)}
        onConfirm={(reason) => {
          start(purge(purged ?? [], reason));
          setPurged(null);
        }}
      >
        {w('purgeText')}
      </ConfirmTyped>
    </Page>
  );
}
