import { UnstyledButton } from '@mantine/core';
import { IconCircle, IconCircleFilled, IconWorld } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import type { Column } from '../../ui/DataTable/DataTable';
import { groupedId } from '../../ui/groupedId';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import styles from './books.module.css';
import { nameOfEntry, tagsQuery, type Book, type Entry } from './queries';
import { TagChip } from './TagChip';

const grey = 0xff_8f_9b_a8;

export function useEntryColumns(book: Book, onOpen: (entry: Entry) => void): Column<Entry>[] {
  const t = useTranslations('books');
  const { data: tags } = useQuery(tagsQuery(book.guid));
  return useMemo(() => {
    const colours = new Map((tags ?? []).map((tag) => [tag.name, tag.color]));
    const isEditor = book.rule >= 2;
    return [
      { id: 'state', header: t('state'), isFixed: true, card: 'state', cell: (e) => <EntryState entry={e} /> },
      {
        id: 'alias',
        header: t('alias'),
        isFixed: true,
        isMain: true,
        sort: 'alias',
        card: 'title',
        cell: (e) => (
          <div className={styles.alias}>
            {isEditor ? (
              <UnstyledButton className={styles.link ?? ''} onClick={() => onOpen(e)}>
                {nameOfEntry(e)}
              </UnstyledButton>
            ) : (
              nameOfEntry(e)
            )}
            <span className={`mono ${styles.id}`}>{groupedId(e.id)}</span>
          </div>
        ),
      },
      { id: 'tags', header: t('tags'), card: 'line', cell: (e) => <EntryTags tags={e.tags} colours={colours} /> },
      {
        id: 'hostname',
        header: t('hostname'),
        sort: 'hostname',
        cell: (e) => (
          <>
            <span className="cut" title={e.hostname}>{e.hostname}</span>
            <span className={styles.id}>{e.platform}</span>
          </>
        ),
      },
      { id: 'note', header: t('note'), card: 'line', cell: (e) => <span className={styles.note} title={e.note}>{e.note}</span> },
      { id: 'password', header: t('password'), cell: (e) => (e.password_set ? t('passwordSet') : null) },
      { id: 'connected', header: t('lastConnected'), cell: (e) => <TimeText iso={isoOf(e.last_connected)} /> },
      { id: 'id', header: t('id'), sort: 'id', isExtra: true, cell: (e) => <span className="mono one-line">{groupedId(e.id)}</span> },
      { id: 'platform', header: t('platform'), sort: 'platform', isExtra: true, cell: (e) => e.platform },
      { id: 'username', header: t('fields.username'), isExtra: true, cell: (e) => <span className="cut" title={e.username}>{e.username}</span> },
    ];
  }, [t, tags, book.rule, onOpen]);
}

const shownTags = 2;

function EntryTags({ tags, colours }: { tags: readonly string[]; colours: ReadonlyMap<string, number> }) {
  const t = useTranslations('books');
  const rest = tags.slice(shownTags);
  if (tags.length === 0) return null;
  return (
    <span className={styles.tags}>
      {tags.slice(0, shownTags).map((name) => (
        <TagChip key={name} tag={{ name, color: colours.get(name) ?? grey }} />
      ))}
      {rest.length === 0 ? null : (
        <span className={styles.count} title={rest.join(', ')}>
          {t('restTags', { count: rest.length })}
        </span>
      )}
    </span>
  );
}

function EntryState({ entry }: { entry: Entry }) {
  const t = useTranslations('books');
  if (!entry.is_known) return <Status tone="neutral" icon={IconWorld} word={t('unknown')} title={t('unknownHint')} />;
  return entry.is_online ? (
    <Status tone="ok" icon={IconCircleFilled} word={t('online')} />
  ) : (
    <Status tone="neutral" icon={IconCircle} word={t('offline')} />
  );
}
