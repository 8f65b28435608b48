import { useMantineColorScheme } from '@mantine/core';
import { IconBook, IconKeyboard, IconLanguage, IconMoon, IconShieldLock, IconSun } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { basePath } from '../../api/base';
import { can, type Me } from '../../api/me';
import { useLocaleChoice } from '../../i18n/locale';
import { optionsQuery } from '../settings/options';
import type { Entry } from './paletteEntry';
import { pages } from './pages';
import { fieldPlaces, fieldsOf, settingPlaces, settingWords } from './settingPlaces';

/** The pages that somebody may see, as lines of the palette. */
export function usePlaces(me: Me): Entry[] {
  const nav = useTranslations('nav');
  const navigate = useNavigate();
  return pages.flatMap(({ path, nav: entry, right }): Entry[] => {
    if (entry === undefined || (right !== undefined && !can(me, right))) return [];
    const Icon = entry.icon;
    return [
      {
        id: `page ${path}`,
        recent: 'page',
        label: nav(`pages.${entry.key}`),
        icon: <Icon size={20} stroke={1.75} aria-hidden />,
        open: () => void navigate({ to: path }),
      },
    ];
  });
}

/** Every field of the settings, and every option of the server, for those who may see them. */
export function useFields(me: Me, isAsked: boolean): Entry[] {
  const s = useTranslations('settings');
  const navigate = useNavigate();
  const { data: options } = useQuery({ ...optionsQuery, enabled: isAsked && can(me, 'settings.view') });
  if (!can(me, 'settings.view')) return [];
  const ofServer = (options ?? []).map((o) => ({
    id: `option ${o.path}`,
    label: o.path,
    description: s('pages.options'),
    keywords: o.variable,
    open: () => void navigate({ to: '/settings/options', hash: `option-${o.path}` }),
  }));
  const ofConsole = Object.entries(settingPlaces).flatMap(([setting, to]) =>
    fieldsOf(s.raw(setting)).map(([key, label]) => ({
      id: `${setting} ${key}`,
      label,
      description: s('title'),
      keywords: `${setting} ${settingWords[setting] ?? ''}`,
      open: () => void navigate({ to: fieldPlaces[`${setting}-${key}`] ?? to, hash: `${setting}-${key}` }),
    })),
  );
  return [...ofConsole, ...ofServer];
}

/** What the palette does by itself. */
export function useCommands(onKeys: () => void): Entry[] {
  const t = useTranslations('shell');
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const { locale, choose } = useLocaleChoice();
  const look = { size: 20, stroke: 1.75, 'aria-hidden': true };
  return [
    {
      id: 'security',
      label: t('security'),
      icon: <IconShieldLock {...look} />,
      open: () => void navigate({ to: '/me/security' }),
    },
    { id: 'dark', label: t('toDark'), keywords: 'dark', icon: <IconMoon {...look} />, open: () => setColorScheme('dark') },
    { id: 'light', label: t('toLight'), keywords: 'light', icon: <IconSun {...look} />, open: () => setColorScheme('light') },
    {
      id: 'language',
      label: t('otherLanguage'),
      keywords: 'language english chinese',
      icon: <IconLanguage {...look} />,
      open: () => choose(locale === 'en' ? 'zh-CN' : 'en'),
    },
    { id: 'keys', label: t('keys.title'), keywords: 'shortcuts', icon: <IconKeyboard {...look} />, open: onKeys },
    {
      id: 'reference',
      label: t('reference'),
      keywords: 'api docs http',
      icon: <IconBook {...look} />,
      open: () => void window.open(`${basePath}/docs`, '_blank', 'noopener'),
    },
  ];
}
