import { Menu } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { appLink } from '../../entities/connecting';
import { copyText } from '../../ui/copyText';
import { RowAction } from '../../ui/RowAction';
import { RowMenu } from '../../ui/RowMenu';
import { say } from '../../ui/toast';
import { nameOfEntry, type Book, type Entry } from './queries';
import { useEntryWork } from './useEntryWork';

/** What can be done with one device of a book. */
export function EntryActions({ book, entry, onEdit }: { book: Book; entry: Entry; onEdit: () => void }) {
  const t = useTranslations('books');
  const { remove } = useEntryWork(book);
  const name = nameOfEntry(entry);
  const copy = () =>
    void copyText(entry.id).then((isDone) => {
      if (isDone) say(t('idCopied', { id: entry.id }));
    });
  return (
    <span className="one-line">
      <RowAction label={t('connect')} icon={<IconPlugConnected size={18} aria-hidden />} to={`/remote/${encodeURIComponent(entry.id)}`} />
      <RowMenu label={t('actionsOf', { name })}>
        {entry.is_known ? (
          <Menu.Item renderRoot={(props) => <Link to="/devices/$id" params={{ id: entry.id }} {...props} />}>
            {t('openDevice')}
          </Menu.Item>
        ) : null}
        <Menu.Item component="a" href={appLink(entry.id)}>
          {t('openApp')}
        </Menu.Item>
        <Menu.Item onClick={copy}>{t('copyId')}</Menu.Item>
        {book.rule >= 2 ? (
          <>
            <Menu.Item onClick={onEdit}>{t('edit')}</Menu.Item>
            <Menu.Item color="red" onClick={() => void remove([entry.id])}>
              {t('toBin')}
            </Menu.Item>
          </>
        ) : null}
      </RowMenu>
    </span>
  );
}
