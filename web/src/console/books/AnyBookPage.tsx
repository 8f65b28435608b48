import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { ListBar } from '../../ui/DataTable/ListBar';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { Page } from '../../ui/Page';
import { anyEntriesQuery } from './allQueries';
import styles from './books.module.css';
import { nameOfEntry, type Entry } from './queries';

const noFilters: readonly string[] = [];
const noSort = () => undefined;

/** What is in somebody's address book, to look at; that one looked is in the audit. */
export function AnyBookPage() {
  const t = useTranslations('allBooks');
  const b = useTranslations('books');
  const me = useMe();
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const { name = '', owner = '' }: { name?: string; owner?: string } = useSearch({ strict: false });
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery(anyEntriesQuery(id, list));
  const columns = useMemo<Column<Entry>[]>(
    () => [
      {
        id: 'alias',
        header: b('alias'),
        card: 'title',
        cell: (e) => (
          <div className={styles.alias}>
            {nameOfEntry(e)}
            <span className={`mono ${styles.id ?? ''}`}>{groupedId(e.id)}</span>
          </div>
        ),
      },
      { id: 'tags', header: b('tags'), card: 'line', cell: (e) => e.tags.join(', ') },
      { id: 'hostname', header: b('hostname'), cell: (e) => e.hostname },
      { id: 'note', header: b('note'), card: 'line', cell: (e) => <span className={styles.note} title={e.note}>{e.note}</span> },
      { id: 'password', header: b('password'), cell: (e) => (e.password_set ? b('passwordSet') : null) },
    ],
    [b],
  );
  const shown = name !== '' ? name : owner !== '' ? t('personalOf', { name: owner }) : t('one');
  return (
    <Page
      title={shown}
      suffix={`${t('title')} · ${me.server_name}`}
      lead={<>{t('looked')} <Link to="/books/all">{t('back')}</Link></>}
    >
      <ListBar list={list} placeholder={b('search')} onChange={change} />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={t('noEntries')} />
      ) : (
        <DataTable label={shown} columns={columns} rows={data?.data} keyOf={(e) => e.id} nameOf={nameOfEntry} sort="" onSort={noSort} />
      )}
      <Pager list={list} total={data?.total} onChange={change} />
    </Page>
  );
}
