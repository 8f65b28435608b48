import { Button } from '@mantine/core';
import { IconAddressBook, IconPlus, IconUser } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import styles from './books.module.css';
import type { Book } from './queries';

type Props = { personal: Book; shared: readonly Book[]; now: string; onAdd: () => void };

/** The books of the person: the own one, and those that are shared. */
export function BookRail({ personal, shared, now, onAdd }: Props) {
  const t = useTranslations('books');
  const me = useMe();
  return (
    <nav className={styles.rail} aria-label={t('title')}>
      <ul className={styles.railList}>
        <Item book={personal} name={t('mine')} isNow={now === personal.guid} />
      </ul>
      <h2 className={styles.railTitle}>{t('shared')}</h2>
      {shared.length === 0 ? <p className={styles.railTitle}>{t('noShared')}</p> : null}
      <ul className={styles.railList}>
        {shared.map((book) => (
          <Item key={book.guid} book={book} name={book.name} isNow={now === book.guid} />
        ))}
      </ul>
      <Button variant="subtle" justify="flex-start" leftSection={<IconPlus size={16} aria-hidden />} onClick={onAdd}>
        {t('addBook')}
      </Button>
      {can(me, 'settings.edit') ? <Link to="/books/all" className={styles.book ?? ''}>{t('everybodys')}</Link> : null}
    </nav>
  );
}

function Item({ book, name, isNow }: { book: Book; name: string; isNow: boolean }) {
  const t = useTranslations('books');
  const Icon = book.is_personal ? IconUser : IconAddressBook;
  return (
    <li>
      <Link
        to="/books/$id"
        params={{ id: book.guid }}
        className={styles.book ?? ''}
        title={name}
        activeProps={{}}
        {...(isNow ? { 'aria-current': 'page' as const } : {})}
      >
        <Icon size={18} stroke={1.75} aria-hidden />
        <span className={styles.bookName}>{name}</span>
        <span className={styles.count}>
          {book.is_personal ? null : `${t(`rules.${book.rule}`)} · `}
          {t('count', { count: book.entries })}
        </span>
      </Link>
    </li>
  );
}
