import { Spotlight, spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useState, type KeyboardEvent } from 'react';
import { useTranslations } from 'use-intl';
import type { Me } from '../../api/me';
import { usePreferences } from '../../api/preferences';
import { readRecent, remember, type Entry } from './paletteEntry';
import { readPaletteText, worth, type PaletteText } from './paletteText';
import { useCommands, useFields, usePlaces } from './useOwnEntries';
import { usePaletteSearch } from './usePaletteSearch';
import { useThings } from './useThings';

type Group = { group: string; entries: Entry[] };

/** Ctrl K: devices, people, groups, books, pages, fields of the settings and commands in one list. */
export function Palette({ me, onKeys }: { me: Me; onKeys: () => void }) {
  const t = useTranslations('shell');
  const [typed, setTyped] = useState('');
  // Tab: what can be done with it, in place of the list.
  const [subject, setSubject] = useState<Entry | null>(null);
  const groups = useGroups(me, typed, onKeys);
  const shown: Group[] =
    subject === null
      ? groups
      : [{ group: subject.label, entries: fitting(readPaletteText(typed).text, subject.actions ?? []) }];
  const entries = new Map(shown.flatMap((g) => g.entries).map((entry) => [entry.id, entry]));

  const leave = () => {
    setSubject(null);
    setTyped('');
  };
  const run = (entry: Entry, work: () => void) => {
    remember(subject ?? entry);
    leave();
    work();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const line = lineNow();
    const entry = entries.get(line?.dataset.entry ?? '');
    const stop = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (event.key === 'Backspace' && typed === '' && subject !== null) {
      stop();
      leave();
    } else if (event.key === 'Tab' && !event.shiftKey && entry?.actions !== undefined) {
      stop();
      setSubject(entry);
      setTyped('');
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      stop();
      if (entry?.connect === undefined) return;
      run(entry, entry.connect);
      spotlight.close();
    } else if (event.key === 'Enter' && line?.dataset.selected === undefined) {
      // What the server found came after the last letter, when nothing was there to be chosen.
      stop();
      line?.click();
    }
  };

  return (
    <Spotlight
      actions={shown.filter((g) => g.entries.length > 0).map((g) => ({ group: g.group, actions: g.entries.map((e) => lineOf(e, run)) }))}
      query={typed}
      onQueryChange={setTyped}
      tagsToIgnore={[]}
      onSpotlightClose={() => setSubject(null)}
      filter={(_, actions) => actions}
      attributes={{ content: { 'aria-label': t('search') } }}
      shortcut={['mod + K']}
      scrollable
      maxHeight={400}
      nothingFound={t('nothingFound')}
      searchProps={{
        leftSection: <IconSearch size={20} aria-hidden />,
        onKeyDownCapture: onKey,
        placeholder: subject === null ? t('searchHint') : t('actsHint', { name: subject.label }),
        'aria-label': t('search'),
        'aria-description': t('paletteKeys'),
      }}
    />
  );
}

/** The line that is chosen, or would be. */
const lineNow = () =>
  document.querySelector<HTMLElement>('.mantine-Spotlight-action[data-selected]') ??
  document.querySelector<HTMLElement>('.mantine-Spotlight-action');

const lineOf = (entry: Entry, run: (entry: Entry, work: () => void) => void): SpotlightActionData =>
  ({
    id: entry.id,
    label: entry.label,
    description: entry.description ?? '',
    leftSection: entry.icon,
    onClick: () => run(entry, entry.open),
    'data-entry': entry.id,
  }) as SpotlightActionData;

/** Those that fit, the best first. */
const fitting = (text: string, entries: readonly Entry[]): Entry[] =>
  entries
    .map((entry) => ({ entry, worth: worth(text, entry.label, entry.description ?? '', entry.keywords ?? '') }))
    .filter((one) => one.worth > 0)
    .sort((a, b) => b.worth - a.worth)
    .map((one) => one.entry);

function useGroups(me: Me, typed: string, onKeys: () => void): Group[] {
  const t = useTranslations('shell');
  const things = useThings(me);
  const { recent: lines } = usePreferences();
  const { prefix, text } = readPaletteText(typed);
  const found = usePaletteSearch(me, typed);
  const places = usePlaces(me);
  const fields = useFields(me, prefix === ':' || text.length >= 2);
  const commands = useCommands(onKeys);
  const own = (sign: PaletteText['prefix'], entries: readonly Entry[]) =>
    prefix === '' || prefix === sign ? fitting(text, entries) : [];
  const before = readRecent(lines).flatMap((one) => {
    const entry = things.of(one) ?? places.find((p) => p.id === `page ${one.key}`);
    return entry === undefined ? [] : [entry];
  });
  const recent = prefix === '' ? fitting(text, before) : [];
  // What is among the recent ones is not there a second time.
  const rest = (entries: readonly Entry[]) => entries.filter((e) => !recent.some((r) => r.id === e.id));
  return [
    { group: t('recent'), entries: recent },
    { group: t('devices'), entries: rest(found.devices) },
    { group: t('people'), entries: rest(found.users) },
    { group: t('groups'), entries: rest(found.groups) },
    { group: t('books'), entries: rest(found.books) },
    { group: t('pages'), entries: rest(own('', places)) },
    // Without the sign only what was asked for: there are many.
    { group: t('settings'), entries: prefix === ':' || text.length >= 2 ? own(':', fields) : [] },
    { group: t('commands'), entries: own('>', commands) },
  ];
}
