import { Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { ListRead } from '../../api/lists';
import { BulkBar } from '../../ui/BulkBar';
import { Confirm } from '../../ui/Confirm';
import type { ListSearch } from '../../ui/DataTable/listSearch';
import { useSeen } from '../../ui/DataTable/useSeen';
import type { Selection } from '../../ui/DataTable/useSelection';
import { BulkPassword } from './BulkPassword';
import { CopyEntries } from './CopyEntries';
import { askedOf, chosenCsv, entriesCsv, mostInFile, nameOfEntry, tagsQuery, type Book, type Entry, type Which, type Work } from './queries';
import { few, useEntryWork } from './useEntryWork';

type Props = {
  book: Book;
  list: ListSearch;
  selection: Selection;
  rows: readonly Entry[];
  /** How many rows the page has, how many match, and when that was read. */
  page: ListRead;
};

/** What is asked about before it is done to many. */
type Asked = Extract<Work, { action: 'tag' | 'untag' | 'bin' }>;

/** What can be done with the selection. */
export function EntryBulk({ book, list, selection, rows, page }: Props) {
  const t = useTranslations('books');
  const { data: tags = [] } = useQuery(tagsQuery(book.guid));
  const { start } = useEntryWork(book);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [open, setOpen] = useState<'password' | 'copy' | null>(null);
  const seen = useSeen(selection.isAll, page);
  const { isAll, keys, clear } = selection;
  const count = isAll ? seen.total : keys.size;
  const which: Which = isAll ? { query: askedOf(list), expected: count, as_of: seen.asOf } : { ids: [...keys] };
  const go = (work: Work) => void start(which, work, count).then((isDone) => isDone && clear());
  const request = (work: Asked) => (count > few ? setAsked(work) : go(work));
  const mayEdit = book.rule >= 2;
  const used = isAll ? tags.filter((tag) => tag.count > 0).map((tag) => tag.name) : [...new Set(rows.flatMap((e) => e.tags))];
  const isLong = !isAll && count > mostInFile;
  return (
    <BulkBar count={count} progress={null} onClear={clear} whole={{ selection, shown: page.shown, total: page.total }}>
      {mayEdit ? (
        <>
          <Choice label={t('addTag')} options={tags.map((tag) => tag.name)} onPick={(tag) => request({ action: 'tag', tag })} />
          <Choice label={t('removeTag')} options={used} onPick={(tag) => request({ action: 'untag', tag })} />
        </>
      ) : null}
      <Button variant="default" onClick={() => setOpen('copy')}>
        {mayEdit ? t('copy.open') : t('copy.openToRead')}
      </Button>
      {mayEdit ? (
        <Button variant="default" color="red" onClick={() => request({ action: 'bin' })}>
          {t('toBin')}
        </Button>
      ) : null}
      <Menu position="bottom-start" shadow="md">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
            {t('more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {mayEdit ? (
            <Menu.Item disabled={book.is_personal} onClick={() => setOpen('password')}>
              {book.is_personal ? t('setPasswordNot') : t('setPassword')}
            </Menu.Item>
          ) : null}
          {isLong ? (
            <Menu.Item disabled>{t('exportTooMany', { most: mostInFile })}</Menu.Item>
          ) : (
            <Menu.Item component="a" href={isAll ? entriesCsv(book.guid, list) : chosenCsv(book.guid, [...keys])} download>
              {t('exportChosen')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Confirm
        isOpen={asked !== null}
        title={asked === null ? '' : t(`ask.${asked.action}`, { count, tag: 'tag' in asked ? asked.tag : '' })}
        action={t('doIt')}
        isHarmless
        onCancel={() => setAsked(null)}
        onConfirm={() => {
          if (asked !== null) go(asked);
          setAsked(null);
        }}
      >
        <p>{t('examples')}</p>
        <ul>{rows.slice(0, 5).map((entry) => <li key={entry.id}>{nameOfEntry(entry)}</li>)}</ul>
        {asked?.action === 'bin' ? <p>{t('binKeeps')}</p> : null}
      </Confirm>
      {open === 'copy' ? <CopyEntries book={book} which={which} count={count} onClose={() => setOpen(null)} onDone={clear} /> : null}
      {open === 'password' ? (
        <BulkPassword
          count={count}
          onClose={() => setOpen(null)}
          onSet={async (password) => {
            if (await start(which, { action: 'password', password }, count)) clear();
            setOpen(null);
          }}
        />
      ) : null}
    </BulkBar>
  );
}

type ChoiceProps = { label: string; options: readonly string[]; onPick: (option: string) => void };

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
        {options.map((option) => (
          <Menu.Item key={option} onClick={() => onPick(option)}>
            {option}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
