import { Button } from '@mantine/core';
import { IconDeviceDesktop, IconFileImport, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { readOf } from '../../api/lists';
import type { Filter } from '../../ui/DataTable/filters';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { useSelection } from '../../ui/DataTable/useSelection';
import { Empty } from '../../ui/Empty';
import { AddFromDevices } from './AddFromDevices';
import styles from './books.module.css';
import { useEntryColumns } from './columns';
import { EntryActions } from './EntryActions';
import { EntryBulk } from './EntryBulk';
import { EntryForm } from './EntryForm';
import { entriesCsv, entriesQuery, entryFilters, nameOfEntry, type Book, type Entry } from './queries';
import { TagBar } from './TagBar';

const keyOf = (entry: Entry) => entry.id;
const platforms = ['Windows', 'Linux', 'Mac OS', 'Android'];
const states = ['online', 'offline', 'unknown'] as const;

/** The devices of a book. */
export function EntriesTab({ book }: { book: Book }) {
  const t = useTranslations('books');
  const { list, change } = useListSearch('alias', entryFilters);
  const read = useQuery(entriesQuery(book.guid, list));
  const selection = useSelection(`${book.guid} ${list.question}`);
  const [edited, setEdited] = useState<Entry | 'new' | null>(null);
  const [isPicking, setPicking] = useState(false);
  const columns = useEntryColumns(book, setEdited);
  const mayEdit = book.rule >= 2;
  const page = readOf(read.data);
  const filters = useMemo<Filter[]>(
    () => [
      { key: 'state', label: t('state'), options: states.map((value) => ({ value, label: t(value) })) },
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
  const actions = useCallback(
    (e: Entry) => <EntryActions book={book} entry={e} onEdit={() => setEdited(e)} />,
    [book],
  );
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
        </div>
      ) : (
        <p className={styles.hint}>{t('readOnly')}</p>
      )}
      <ListView
        page="book"
        label={t('entries')}
        list={list}
        onChange={change}
        read={read}
        ask={(all) => entriesQuery(book.guid, all)}
        isWhole
        columns={columns}
        keyOf={keyOf}
        nameOf={nameOfEntry}
        placeholder={t('search')}
        filters={filters}
        file={entriesCsv(book.guid, list)}
        selection={selection}
        bulk={(rows) => <EntryBulk book={book} list={list} selection={selection} rows={rows} page={page} />}
        below={<TagBar book={book.guid} list={list} onChange={change} />}
        actions={actions}
        {...(mayEdit ? { keys: { e: { text: t('editEntry'), work: setEdited } } } : {})}
        empty={<Empty title={t('emptyBook')} text={mayEdit ? t('emptyBookText') : t('emptyReadOnly')} />}
      />
      {edited === null ? null : (
        <EntryForm book={book} entry={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      )}
      {isPicking ? <AddFromDevices book={book} onClose={() => setPicking(false)} /> : null}
    </div>
  );
}
