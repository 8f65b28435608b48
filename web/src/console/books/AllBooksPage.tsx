import { Menu } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { ConfirmTyped } from '../../ui/ConfirmTyped';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { ListBar } from '../../ui/DataTable/ListBar';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { RowMenu } from '../../ui/RowMenu';
import { TimeText } from '../../ui/TimeText';
import { complain, say } from '../../ui/toast';
import { allBooksQuery, deleteAnyBook, type AnyBook } from './allQueries';
import styles from './books.module.css';
import { GiveBook } from './GiveBook';

const filterKeys = ['personal'] as const;

/** Everybody's address books, for administrators. */
export function AllBooksPage() {
  const t = useTranslations('allBooks');
  const c = useTranslations('books');
  const me = useMe();
  const format = useFormatter();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { list, change } = useListSearch('owner', filterKeys);
  const { data, error, refetch } = useQuery(allBooksQuery(list));
  const [given, setGiven] = useState<AnyBook | null>(null);
  const [doomed, setDoomed] = useState<AnyBook | null>(null);
  const remove = useMutation({
    mutationFn: (book: AnyBook) => deleteAnyBook(book.guid),
    onSuccess: async (_, book) => {
      await client.invalidateQueries({ queryKey: ['books'] });
      say(t('deleted', { name: book.name }));
    },
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDoomed(null),
  });
  const filters = useMemo(
    () => [{ key: 'personal', label: t('kind'), options: [{ value: '1', label: t('personal') }, { value: '0', label: t('shared') }] }],
    [t],
  );
  const columns = useMemo<Column<AnyBook>[]>(
    () => [
      {
        id: 'name',
        header: t('name'),
        sort: 'name',
        card: 'title',
        cell: (book) => (
          <>
            <Link to="/books/all/$id" params={{ id: book.guid }} search={{ name: book.name, owner: book.owner }}>
              {book.is_personal ? t('personalOf', { name: book.owner }) : book.name}
            </Link>
            {book.note === '' ? null : <span className={styles.id}>{book.note}</span>}
          </>
        ),
      },
      { id: 'owner', header: t('owner'), sort: 'owner', card: 'line', cell: (book) => book.owner },
      { id: 'shares', header: t('shares'), card: 'line', cell: (book) => (book.is_personal ? t('personal') : t('rules', { count: book.shares })) },
      { id: 'entries', header: t('entries'), sort: 'entries', isNumber: true, cell: (book) => format.number(book.entries) },
      { id: 'changed', header: t('changed'), sort: 'updated_at', cell: (book) => <TimeText iso={book.updated_at} /> },
    ],
    [t, format],
  );
  return (
    <Page title={t('title')} suffix={me.server_name} lead={<>{t('lead')} <Link to="/books">{t('own')}</Link></>}>
      <ListBar list={list} placeholder={t('search')} filters={filters} onChange={change} />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={t('nothing')} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={data?.data}
          keyOf={(book) => book.guid}
          nameOf={(book) => book.name}
          sort={list.sort}
          onSort={(sort) => change({ sort })}
          actions={(book) =>
            book.is_personal ? null : (
              <RowMenu label={t('actionsOf', { name: book.name })}>
                <Menu.Item onClick={() => setGiven(book)}>{t('give')}</Menu.Item>
                <Menu.Divider />
                <Menu.Item color="red" onClick={() => setDoomed(book)}>
                  {t('delete')}
                </Menu.Item>
              </RowMenu>
            )
          }
        />
      )}
      <Pager list={list} total={data?.total} onChange={change} />
      {given === null ? null : <GiveBook book={given} onClose={() => setGiven(null)} />}
      <ConfirmTyped
        isOpen={doomed !== null}
        title={t('deleteTitle', { name: doomed?.name ?? '' })}
        action={t('delete')}
        word={doomed?.name ?? ''}
        isBusy={remove.isPending}
        onCancel={() => setDoomed(null)}
        onConfirm={() => doomed !== null && remove.mutate(doomed)}
      >
        {t('deleteText', { what: c('count', { count: doomed?.entries ?? 0 }) })}
      </ConfirmTyped>
    </Page>
  );
}
