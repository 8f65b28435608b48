import { Button } from '@mantine/core';
import { IconDeviceDesktop, IconFileImport, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { DataTable } from '../../ui/DataTable/DataTable';
import { ListBar, type Filter } from '../../ui/DataTable/ListBar';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { ExportLink } from '../../ui/ExportLink';
import { AddFromDevices } from './AddFromDevices';
import styles from './books.module.css';
import { useEntryColumns } from './columns';
import { EntryActions } from './EntryActions';
import { EntryBulk } from './EntryBulk';
import { EntryForm } from './EntryForm';
import { entriesCsv, entriesQuery, entryFilters, nameOfEntry, type Book, type Entry } from './queries';
import { TagBar } from './TagBar';

const platforms = ['Windows', 'Linux', 'Mac OS', 'Android'];

/** The devices of a book. */
export function EntriesTab({ book }: { book: Book }) {
  const t = useTranslations('books');
  const l = useTranslations('list');
  const { list, change } = useListSearch('alias', entryFilters);
  const { data, error, refetch } = useQuery(entriesQuery(book.guid, list));
  const [selected, setSelected] = useState<Set<string>>(() => new Set());
  const [edited, setEdited] = useState<Entry | 'new' | null>(null);
  const [isPicking, setPicking] = useState(false);
  const columns = useEntryColumns(book, setEdited);
  const mayEdit = book.rule >= 2;
  const filters = useMemo<Filter[]>(
    () => [
      { key: 'platform', label: t('platform'), options: platforms.map((value) => ({ value, label: value })) },
      { key: 'untagged', label: t('tags'), options: [{ value: '1', label: t('untagged') }] },
      {
        key: 'has_password',
        label: t('password'),
        options: [
          { value: '1', label: t('passwordSet') },
          { value: '0', label: t('passwordNone') },
        ],
      },
    ],
    [t],
  );
  const isAsked = list.q !== '' || Object.keys(list.filters).length > 0;
  const rows = data?.data;
  return (
    <div className={styles.detail}>
      {mayEdit ? (
        <div className={styles.row}>
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
            {t('addEntry')}
          </Button>
          <Button variant="default" leftSection={<IconDeviceDesktop size={16} aria-hidden />} onClick={() => setPicking(true)}>
            {t('fromDevices')}
          </Button>
          <Link to="/books/$id/import" params={{ id: book.guid }} className={styles.plain ?? ''}>
            <Button component="span" variant="default" leftSection={<IconFileImport size={16} aria-hidden />}>
              {t('import')}
            </Button>
          </Link>
          <ExportLink href={entriesCsv(book.guid, list)} />
        </div>
      ) : (
        <div className={styles.row}>
          <p className={styles.hint}>{t('readOnly')}</p>
          <ExportLink href={entriesCsv(book.guid, list)} />
        </div>
      )}
      {selected.size > 0 ? (
        <EntryBulk book={book} rows={(rows ?? []).filter((e) => selected.has(e.id))} onClear={() => setSelected(new Set())} />
      ) : (
        <ListBar list={list} placeholder={t('search')} filters={filters} onChange={change} />
      )}
      <TagBar book={book.guid} list={list} onChange={change} />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        isAsked ? (
          <Empty title={l('nothing')} text={l('nothingText')} />
        ) : (
          <Empty title={t('emptyBook')} text={mayEdit ? t('emptyBookText') : t('emptyReadOnly')} />
        )
      ) : (
        <DataTable
          label={t('entries')}
          columns={columns}
          rows={rows}
          keyOf={(e) => e.id}
          nameOf={nameOfEntry}
          sort={list.sort}
          onSort={(sort) => change({ sort })}
          actions={(e) => <EntryActions book={book} entry={e} onEdit={() => setEdited(e)} />}
          {...(mayEdit ? { selected, onSelect: setSelected } : {})}
        />
      )}
      <Pager list={list} total={data?.total ?? 0} onChange={change} />
      {edited === null ? null : (
        <EntryForm book={book} entry={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      )}
      {isPicking ? <AddFromDevices book={book} onClose={() => setPicking(false)} /> : null}
    </div>
  );
}
