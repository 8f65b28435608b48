import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { Filter } from '../ui/DataTable/filters';
import { useWhenFilter } from '../ui/DataTable/useWhenFilter';

export const connectionKeys = [
  'when', 'conn_type', 'open', 'device', 'device_group', 'operator', 'ip', 'path', 'relay', 'primary_auth', 'two_factor', 'longer', 'note',
  'guid',
] as const;

/** Of those, what may have several values. */
export const manyConnectionKeys = ['conn_type', 'primary_auth', 'two_factor'] as const;

/** Of those, what one asks of connections that go on. */
export const liveKeys = ['device', 'device_group', 'operator', 'conn_type', 'path', 'relay', 'longer', 'primary_auth', 'two_factor', 'ip', 'note'] as const;

const lengths = [60, 600, 3600];

/** Every column of lists of connections can be asked for. */
export function useConnectionFilters(keys: readonly string[] = connectionKeys): readonly Filter[] {
  const e = useTranslations('entities');
  const when = useWhenFilter();
  return useMemo(
    () => {
      const all: readonly Filter[] = [
        when,
        { key: 'device', label: e('device'), options: [], isText: true },
        { key: 'device_group', label: e('deviceGroup'), options: [], isText: true },
        { key: 'operator', label: e('operator'), options: [{ value: '-', label: e('notSignedIn') }], isText: true },
        { key: 'conn_type', label: e('kind'), options: [0, 1, 2, 3, 4].map((kind) => ({ value: String(kind), label: e(`kinds.${kind}`) })) },
        { key: 'open', label: e('state'), options: [{ value: '1', label: e('active') }, { value: '0', label: e('ended') }] },
        { key: 'path', label: e('way'), options: (['direct', 'relayed', 'unknown'] as const).map((way) => ({ value: way, label: e(`ways.${way}`) })) },
        { key: 'relay', label: e('relay'), options: [], isText: true },
        { key: 'longer', label: e('longer'), options: lengths.map((s) => ({ value: String(s), label: e('minutes', { count: s / 60 }) })) },
        { key: 'primary_auth', label: e('auth'), options: [0, 1, 2, 3, 4].map((way) => ({ value: String(way), label: e(`auths.${way}`) })) },
        { key: 'two_factor', label: e('factor'), options: [0, 1, 2].map((way) => ({ value: String(way), label: e(`factors.${way}`) })) },
        { key: 'ip', label: e('from'), options: [], isText: true },
        { key: 'note', label: e('note'), options: [], isText: true },
        { key: 'guid', label: e('session'), options: [], isHidden: true, wordOf: () => e('oneSession') },
      ];
      return all.filter(({ key }) => keys.includes(key));
    },
    [e, keys, when],
  );
}
