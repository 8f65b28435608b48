import { Tabs } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { AddBook } from './AddBook';
import { BinTab } from './BinTab';
import { BookRail } from './BookRail';
import { BookSettingsTab } from './BookSettingsTab';
import styles from './books.module.css';
import { EntriesTab } from './EntriesTab';
import { booksQuery, type Book } from './queries';
import { SharingTab } from './SharingTab';
import { TagsTab } from './TagsTab';

const tabs = ['entries', 'tags', 'sharing', 'bin', 'settings'] as const;
type Tab = (typeof tabs)[number];

/** Address books: on the left which ones, on the right one of them. */
export function BooksPage() {
  const t = useTranslations('books');
  const me = useMe();
  const { id, tab = 'entries' }: { id?: string; tab?: string } = useParams({ strict: false });
  const { data, error, refetch } = useQuery(booksQuery);
  const [isAdding, setAdding] = useState(false);
  const all = data === undefined ? [] : [data.personal, ...data.data];
  const book = all.find((b) => b.guid === (id ?? data?.personal.guid));
  const name = book === undefined ? t('title') : book.is_personal ? t('mine') : book.name;
  return (
    <Page title={t('title')} suffix={id === undefined ? me.server_name : `${name} · ${me.server_name}`} lead={t('lead')}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? null : (
        <div className={styles.split} data-open={id !== undefined}>
          <BookRail personal={data.personal} shared={data.data} now={book?.guid ?? ''} onAdd={() => setAdding(true)} />
          {book === undefined ? (
            <Empty title={t('gone')} text={t('goneText')} action={<Link to="/books">{t('back')}</Link>} />
          ) : (
            <BookDetail key={book.guid} book={book} name={name} tab={tabOf(tab, book)} />
          )}
        </div>
      )}
      {isAdding ? <AddBook onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}

function tabsOf(book: Book): Tab[] {
  return tabs.filter((tab) =>
    tab === 'sharing' || tab === 'settings' ? !book.is_personal && book.rule === 3
    : tab === 'entries' || book.rule >= 2);
}

const tabOf = (wanted: string, book: Book): Tab => tabsOf(book).find((tab) => tab === wanted) ?? 'entries';

function BookDetail({ book, name, tab }: { book: Book; name: string; tab: Tab }) {
  const t = useTranslations('books');
  const navigate = useNavigate();
  const go = (to: string | null) =>
    void navigate(
      to === null || to === 'entries'
        ? { to: '/books/$id', params: { id: book.guid } }
        : { to: '/books/$id/$tab', params: { id: book.guid, tab: to } },
    );
  return (
    <div className={styles.detail}>
      <div>
        <Link to="/books" className="phone-only">
          <IconArrowLeft size={16} aria-hidden /> {t('back')}
        </Link>
        <h2>{name}</h2>
        <div className={styles.facts}>
          {book.is_personal ? <span>{t('mineText')}</span> : <span>{t('ownedBy', { name: book.owner })}</span>}
          {book.is_personal ? null : <span>{t(`rulesLong.${book.rule}`)}</span>}
          {book.password_set ? <span>{t('hasPassword')}</span> : null}
          {book.note === '' ? null : <span>{book.note}</span>}
        </div>
      </div>
      <Tabs value={tab} onChange={go}>
        <Tabs.List>
          {tabsOf(book).map((one) => (
            <Tabs.Tab key={one} value={one}>
              {one === 'bin' && book.binned > 0 ? t('tabs.binCount', { count: book.binned }) : t(`tabs.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabsOf(book).map((one) => (
          <Tabs.Panel key={one} value={one} pt="md">
            {one === tab ? <Content book={book} tab={tab} /> : null}
          </Tabs.Panel>
        ))}
      </Tabs>
    </div>
  );
}

function Content({ book, tab }: { book: Book; tab: Tab }) {
  if (tab === 'tags') return <TagsTab book={book} />;
  if (tab === 'sharing') return <SharingTab book={book} />;
  if (tab === 'bin') return <BinTab book={book} />;
  if (tab === 'settings') return <BookSettingsTab book={book} />;
  return <EntriesTab book={book} />;
}
