import { useMantineColorScheme } from '@mantine/core';
import { Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { IconBook, IconLanguage, IconMoon, IconSearch, IconShieldLock, IconSun } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { basePath } from '../../api/base';
import { can, type Me } from '../../api/me';
import { useLocaleChoice } from '../../i18n/locale';
import { pages } from './pages';
import { matches, readPaletteText } from './paletteText';
import { fieldPlaces, fieldsOf, settingPlaces, settingWords } from './settingPlaces';
import { usePaletteSearch } from './usePaletteSearch';

/** Ctrl K: devices, people, groups, pages, fields of the settings and commands in one list. */
export function Palette({ me }: { me: Me }) {
  const t = useTranslations('shell');
  const [typed, setTyped] = useState('');
  const { prefix, text } = readPaletteText(typed);
  const found = usePaletteSearch(me, typed);
  const own = (sign: string, actions: SpotlightActionData[]) =>
    prefix === '' || prefix === sign
      ? actions.filter((a) => matches(text, a.label ?? '', ...(Array.isArray(a.keywords) ? a.keywords : [])))
      : [];
  const places = usePlaces(me);
  const fields = useFields(me);
  const commands = useCommands();
  const groups = [
    { group: t('devices'), actions: found.devices },
    { group: t('people'), actions: found.users },
    { group: t('groups'), actions: found.groups },
    { group: t('pages'), actions: own('', places) },
    // Without the sign only what was asked for: there are many.
    { group: t('settings'), actions: prefix === ':' || text.length >= 2 ? own(':', fields) : [] },
    { group: t('commands'), actions: own('>', commands) },
  ];
  return (
    <Spotlight
      actions={groups.filter((g) => g.actions.length > 0)}
      query={typed}
      onQueryChange={setTyped}
      filter={(_, actions) => actions}
      attributes={{ content: { 'aria-label': t('search') } }}
      shortcut={['mod + K']}
      scrollable
      maxHeight={400}
      nothingFound={t('nothingFound')}
      searchProps={{
        leftSection: <IconSearch size={20} aria-hidden />,
        // What the server found came after the last letter, when nothing was there to be chosen.
        onKeyDown: (event) => {
          if (event.key === 'Enter' && document.querySelector('.mantine-Spotlight-action[data-selected]') === null) {
            document.querySelector<HTMLElement>('.mantine-Spotlight-action')?.click();
          }
        },
        placeholder: t('searchHint'),
        'aria-label': t('search'),
      }}
    />
  );
}

function usePlaces(me: Me): SpotlightActionData[] {
  const nav = useTranslations('nav');
  const navigate = useNavigate();
  return pages.flatMap(({ path, nav: entry, right }) => {
    if (entry === undefined || (right !== undefined && !can(me, right))) return [];
    const Icon = entry.icon;
    return [
      {
        id: path,
        label: nav(`pages.${entry.key}`),
        leftSection: <Icon size={20} stroke={1.75} aria-hidden />,
        onClick: () => void navigate({ to: path }),
      },
    ];
  });
}

function useFields(me: Me): SpotlightActionData[] {
  const s = useTranslations('settings');
  const navigate = useNavigate();
  if (!can(me, 'settings.view')) return [];
  return Object.entries(settingPlaces).flatMap(([setting, to]) =>
    fieldsOf(s.raw(setting)).map(([key, label]) => ({
      id: `${setting} ${key}`,
      label,
      description: s('title'),
      keywords: [setting, settingWords[setting] ?? ''],
      onClick: () => void navigate({ to: fieldPlaces[`${setting}-${key}`] ?? to, hash: `${setting}-${key}` }),
    })),
  );
}

function useCommands(): SpotlightActionData[] {
  const t = useTranslations('shell');
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const { locale, choose } = useLocaleChoice();
  return [
    {
      id: 'security',
      label: t('security'),
      leftSection: <IconShieldLock size={20} stroke={1.75} aria-hidden />,
      onClick: () => void navigate({ to: '/me/security' }),
    },
    {
      id: 'dark',
      label: t('toDark'),
      keywords: ['dark'],
      leftSection: <IconMoon size={20} stroke={1.75} aria-hidden />,
      onClick: () => setColorScheme('dark'),
    },
    {
      id: 'light',
      label: t('toLight'),
      keywords: ['light'],
      leftSection: <IconSun size={20} stroke={1.75} aria-hidden />,
      onClick: () => setColorScheme('light'),
    },
    {
      id: 'language',
      label: t('otherLanguage'),
      keywords: ['language english chinese'],
      leftSection: <IconLanguage size={20} stroke={1.75} aria-hidden />,
      onClick: () => choose(locale === 'en' ? 'zh-CN' : 'en'),
    },
    {
      id: 'reference',
      label: t('reference'),
      keywords: ['api docs http'],
      leftSection: <IconBook size={20} stroke={1.75} aria-hidden />,
      onClick: () => void window.open(`${basePath}/docs`, '_blank', 'noopener'),
    },
  ];
}
