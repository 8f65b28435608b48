import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { BulkBar } from '../../ui/BulkBar';
import { BulkPassword } from './BulkPassword';
import { booksQuery, tagsQuery, type Book, type Entry } from './queries';
import { useEntryWork } from './useEntryWork';

type Props = { book: Book; rows: readonly Entry[]; onClear: () => void };

/** What can be done with the selection. */
export function EntryBulk({ book, rows, onClear }: Props) {
  const t = useTranslations('books');
  const { data: tags = [] } = useQuery(tagsQuery(book.guid));
  const { data: books } = useQuery(booksQuery);
  const { remove, change } = useEntryWork(book);
  const [isSetting, setSetting] = useState(false);
  const others = books === undefined ? [] : [books.personal, ...books.data].filter((b) => b.guid !== book.guid && b.rule >= 2);
  const used = new Set(rows.flatMap((e) => e.tags));
  const before = rows.map(({ id, tags: old }) => ({ id, tags: old }));
  const retag = async (with_: (old: string[]) => string[]) => {
    await change(book.guid, rows.map((e) => ({ id: e.id, tags: with_(e.tags) })), before);
    onClear();
  };
  const copyTo = async (to: Book, isMove: boolean) => {
    const copies = rows.map((e) => ({ id: e.id, alias: e.alias, tags: e.tags, note: e.note }));
    const isDone = await change(to.guid, copies);
    if (isDone && isMove) await remove(rows.map((e) => e.id));
    onClear();
  };
  return (
    <BulkBar count={rows.length} progress={null} onClear={onClear}>
      <Choice label={t('addTag')} options={tags.map((tag) => tag.name)} onPick={(name) => void retag((old) => [...new Set([...old, name])])} />
      <Choice label={t('removeTag')} options={[...used]} onPick={(name) => void retag((old) => old.filter((o) => o !== name))} />
      <Choice
        label={t('copyTo')}
        options={others.map((b) => (b.is_personal ? t('mine') : b.name))}
        onPick={(_, index) => others[index] !== undefined && void copyTo(others[index], false)}
      />
      <Choice
        label={t('moveTo')}
        options={others.map((b) => (b.is_personal ? t('mine') : b.name))}
        onPick={(_, index) => others[index] !== undefined && void copyTo(others[index], true)}
      />
      {book.is_personal ? null : (
        <Button variant="default" onClick={() => setSetting(true)}>
          {t('setPassword')}
        </Button>
      )}
      <Button variant="default" color="red" onClick={() => void remove(rows.map((e) => e.id)).then(onClear)}>
        {t('toBin')}
      </Button>
      {isSetting ? (
        <BulkPassword
          count={rows.length}
          onClose={() => setSetting(false)}
          onSet={async (password) => {
            await change(book.guid, rows.map((e) => ({ id: e.id, password })));
            setSetting(false);
            onClear();
          }}
        />
      ) : null}
    </BulkBar>
  );
}

type ChoiceProps = { label: string; options: readonly string[]; onPick: (option: string, index: number) => void };

function Choice({ label, options, onPick }: ChoiceProps) {
  const t = useTranslations('books');
  return (
    <Menu position="bottom-start" shadow="md">
      <Menu.Target>
        <Button variant="default" disabled={options.length === 0} title={options.length === 0 ? t('nothingToPick') : undefined}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        {options.map((option, index) => (
          <Menu.Item key={option} onClick={() => onPick(option, index)}>
            {option}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
