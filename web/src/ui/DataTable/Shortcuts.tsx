import { useTranslations } from 'use-intl';
import { KeyHelp } from '../KeyHelp';

type Props = { more: readonly (readonly [string, string])[]; canSelect: boolean; onClose: () => void };

/** What the keys do on a list. */
export function Shortcuts({ more, canSelect, onClose }: Props) {
  const t = useTranslations('list');
  const rows: (readonly [string, string])[] = [
    ['/', t('keys.search')],
    ['j k', t('keys.rows')],
    ...(canSelect ? ([['x', t('keys.select')], ['Shift x', t('keys.range')]] as const) : []),
    ['Enter', t('keys.open')],
    ['p', t('keys.peek')],
    ...more,
    ['r', t('keys.reload')],
    ['Esc', t('keys.close')],
    ['g', t('keys.go')],
    ['Ctrl K', t('keys.palette')],
    ['?', t('keys.help')],
  ];
  return <KeyHelp rows={rows} onClose={onClose} />;
}
