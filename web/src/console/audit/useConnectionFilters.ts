import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { Filter } from '../../ui/DataTable/filters';
import { useWhenFilter } from '../../ui/DataTable/useWhenFilter';

export const connectionKeys = [
  'when', 'conn_type', 'open', 'device', 'operator', 'ip', 'primary_auth', 'two_factor', 'longer', 'note', 'guid',
] as const;

const lengths = [60, 600, 3600];

/** Every column of the log of connections can be asked for. */
export function useConnectionFilters(): readonly Filter[] {
  const t = useTranslations('audit');
  const e = useTranslations('entities');
  const when = useWhenFilter();
  return useMemo(
    () => [
      when,
      { key: 'device', label: e('device'), options: [], isText: true },
      { key: 'operator', label: e('operator'), options: [{ value: '-', label: e('notSignedIn') }], isText: true },
      { key: 'conn_type', label: e('kind'), options: [0, 1, 2, 3, 4].map((kind) => ({ value: String(kind), label: e(`kinds.${kind}`) })) },
      { key: 'open', label: e('state'), options: [{ value: '1', label: e('active') }, { value: '0', label: e('ended') }] },
      { key: 'longer', label: t('longer'), options: lengths.map((s) => ({ value: String(s), label: e('minutes', { count: s / 60 }) })) },
      { key: 'primary_auth', label: e('auth'), options: [0, 1, 2, 3, 4].map((way) => ({ value: String(way), label: e(`auths.${way}`) })) },
      { key: 'two_factor', label: t('factor'), options: [0, 1, 2].map((way) => ({ value: String(way), label: t(`factors.${way}`) })) },
      { key: 'ip', label: e('from'), options: [], isText: true },
      { key: 'note', label: e('note'), options: [], isText: true },
      { key: 'guid', label: t('session'), options: [], isHidden: true, wordOf: () => t('one') },
    ],
    [t, e, when],
  );
}
