import { useMantineColorScheme } from '@mantine/core';
import { Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { IconLanguage, IconMoon, IconSearch, IconShieldLock, IconSun } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import type { Me } from '../../api/me';
import { useLocaleChoice } from '../../i18n/locale';
import { pages } from './pages';

/** Ctrl K: every page and command by its name. */
export function Palette({ me }: { me: Me }) {
  const t = useTranslations('shell');
  const nav = useTranslations('nav');
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const { locale, choose } = useLocaleChoice();
  const places: SpotlightActionData[] = pages.flatMap(({ path, nav: entry, right }) => {
    if (entry === undefined || (right !== undefined && !me.rights.includes(right))) return [];
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
  const commands: SpotlightActionData[] = [
    {
      id: 'security',
      label: t('security'),
      leftSection: <IconShieldLock size={20} stroke={1.75} aria-hidden />,
      onClick: () => void navigate({ to: '/me/security' }),
    },
    {
      id: 'dark',
      label: t('toDark'),
      keywords: ['>dark'],
      leftSection: <IconMoon size={20} stroke={1.75} aria-hidden />,
      onClick: () => setColorScheme('dark'),
    },
    {
      id: 'light',
      label: t('toLight'),
      keywords: ['>light'],
      leftSection: <IconSun size={20} stroke={1.75} aria-hidden />,
      onClick: () => setColorScheme('light'),
    },
    {
      id: 'language',
      label: t('otherLanguage'),
      leftSection: <IconLanguage size={20} stroke={1.75} aria-hidden />,
      onClick: () => choose(locale === 'en' ? 'zh-CN' : 'en'),
    },
  ];
  return (
    <Spotlight
      actions={[
        { group: t('pages'), actions: places },
        { group: t('commands'), actions: commands },
      ]}
      attributes={{ content: { 'aria-label': t('search') } }}
      shortcut={['mod + K']}
      scrollable
      maxHeight={400}
      nothingFound={t('nothingFound')}
      searchProps={{
        leftSection: <IconSearch size={20} aria-hidden />,
        placeholder: t('search'),
        'aria-label': t('search'),
      }}
    />
  );
}
