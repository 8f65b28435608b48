import { Button, Group, Menu } from '@mantine/core';
import { IconChevronDown, IconDeviceFloppy, IconDots } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCallbackRef } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { viewsQuery, type View } from '../../api/views';
import { shownOf } from './columnLayout';
import { viewQuery, type Change, type ListSearch } from './listSearch';
import { SaveView } from './SaveView';
import type { Columns } from './useColumns';
import { useViewWork } from './useViewWork';
import styles from './Views.module.css';

type Props<T> = { page: string; list: ListSearch; columns: Columns<T>; onChange: Change };

const tabs = 5;

/** Filters, order and columns under names, as tabs over the list; each is an address too. */
export function Views<T>({ page, list, columns, onChange }: Props<T>) {
  const t = useTranslations('list');
  const { data: views } = useQuery(viewsQuery(page));
  const [saving, setSaving] = useState<'new' | View | null>(null);
  const work = useViewWork(page);
  const now = views?.find((v) => v.guid === list.view);
  const query = viewQuery(list);
  const open = (view: View | undefined) => {
    const all = new URLSearchParams(view?.query);
    const none = Object.fromEntries(['q', 'sort', 'size', ...Object.keys(list.filters)].map((key) => [key, undefined]));
    onChange({ ...none, ...Object.fromEntries(all), cols: view?.columns.join(',') ?? '', peek: undefined, page: undefined, view: view?.guid });
  };
  // An address that names nothing but the view.
  const isBare = useRef(list.view !== undefined && query === '');
  const openBare = useCallbackRef(() => {
    if (!isBare.current || now === undefined) return;
    isBare.current = false;
    open(now);
  });
  useEffect(() => openBare(), [openBare, now]);
  // The server does not keep views yet, or nobody has one and nothing is asked: nothing to show.
  if (views === undefined || (views.length === 0 && query === '')) return null;
  const cols = shownOf(columns.layout);
  const isChanged = now !== undefined && (now.query !== query || (list.cols === '' && now.columns.length > 0));
  const rest = views.slice(tabs);
  return (
    <Group gap={4} role="group" aria-label={t('views')} className={styles.views ?? ''}>
      <Tab word={t('allRows')} isNow={now === undefined && query === ''} onOpen={() => open(undefined)} />
      {views.slice(0, tabs).map((view) => (
        <Tab key={view.guid} word={view.name} isNow={view === now} onOpen={() => open(view)} />
      ))}
      {rest.length === 0 ? null : (
        <Menu position="bottom-start" shadow="md">
          <Menu.Target>
            <Button variant="subtle" color="gray" rightSection={<IconChevronDown size={16} aria-hidden />}>
              {t('moreViews', { count: rest.length })}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {rest.map((view) => (
              <Menu.Item key={view.guid} onClick={() => open(view)}>
                {view.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {now === undefined || !now.editable ? null : (
        <Menu position="bottom-start" shadow="md">
          <Menu.Target>
            <Button variant="subtle" color="gray" px={8} aria-label={t('viewActions', { name: now.name })}>
              <IconDots size={18} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item disabled={!isChanged} onClick={() => work.change(now, { query, columns: cols })}>
              {t('updateView')}
            </Menu.Item>
            <Menu.Item onClick={() => setSaving(now)}>{t('renameView')}</Menu.Item>
            <Menu.Item
              color="red"
              onClick={() => {
                work.remove(now);
                open(undefined);
              }}
            >
              {t('deleteView')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {query === '' || (now !== undefined && !isChanged) ? null : (
        <Button variant="subtle" leftSection={<IconDeviceFloppy size={16} aria-hidden />} onClick={() => setSaving('new')}>
          {t('saveView')}
        </Button>
      )}
      {saving === null ? null : (
        <SaveView
          view={saving === 'new' ? undefined : saving}
          onClose={() => setSaving(null)}
          onSave={async (name, shared) => {
            if (saving !== 'new') await work.rename(saving, { name, shared });
            else open(await work.add({ name, shared, query, columns: cols }));
            setSaving(null);
          }}
        />
      )}
    </Group>
  );
}

function Tab({ word, isNow, onOpen }: { word: string; isNow: boolean; onOpen: () => void }) {
  return (
    <Button variant={isNow ? 'light' : 'subtle'} color={isNow ? 'blue' : 'gray'} aria-pressed={isNow} maw={220} onClick={onOpen}>
      {word}
    </Button>
  );
}
