import { useTranslations } from 'use-intl';
import { can, type Me } from '../../api/me';
import { KeyHelp } from '../../ui/KeyHelp';
import { pages } from './pages';

/** What keys do on every page, and in the palette. */
export function Keys({ me, onClose }: { me: Me; onClose: () => void }) {
  const t = useTranslations('shell');
  const nav = useTranslations('nav');
  const places = pages.flatMap(({ nav: entry, right }): (readonly [string, string])[] =>
    entry?.shortcut === undefined || (right !== undefined && !can(me, right)) ? [] : [[`g ${entry.shortcut}`, nav(`pages.${entry.key}`)]],
  );
  const rows = [
    ['Ctrl K', t('search')],
    ['Ctrl Enter', t('keys.connect')],
    ['Tab', t('keys.acts')],
    ...places,
    ['?', t('keys.help')],
  ] as const;
  return <KeyHelp rows={rows} onClose={onClose} />;
}
