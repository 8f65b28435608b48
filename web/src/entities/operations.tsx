import { useCallback, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../api/lists';
import type { Column } from '../ui/DataTable/DataTable';
import { PlainLink } from '../ui/PlainLink';
import { TimeText } from '../ui/TimeText';

/** A row of the console's log. */
export type Operation = {
  guid: string;
  operator: string;
  typ: number;
  iop: number;
  action: string;
  created_at: number;
  ip: string;
  sequence?: number;
  info: { targets?: string[]; recordId?: string; count?: number; token?: string } & Record<string, unknown>;
};

/** What operations are about, by the server's numbers. */
export const areas = [
  'group', 'user', 'device', 'book', 'strategy', 'access', 'token', 'setting', 'audit', 'recording', 'job',
] as const;

/** Who did it where nobody was signed in: the command line, or a rule of the server. */
const ways = ['cli', 'server'] as const;

export const wayOf = (o: Operation) =>
  ways.find((way) => way === o.operator) ?? (o.info.token === undefined ? 'person' : 'token');
export const targetsOf = (o: Operation) => o.info.recordId ?? (o.info.targets ?? []).join(', ');

/** What was done, as a sentence. */
export function useOperationName() {
  const t = useTranslations('audit');
  return useCallback(
    (o: Operation) => (t.has(`operations.${o.action}`) ? t(`operations.${o.action}`) : o.action.replaceAll('_', ' ')),
    [t],
  );
}

/** What the console's log shows of each. */
export function useOperationColumns(): readonly Column<Operation>[] {
  const t = useTranslations('audit');
  const nameOf = useOperationName();
  return useMemo(
    () => [
      { id: 'time', inFile: 'created_at', header: t('time'), isFixed: true, card: 'line', cell: (o) => <TimeText iso={isoOf(o.created_at)} isAbsolute /> },
      { id: 'who', inFile: 'operator', header: t('who'), card: 'line', cell: (o) => o.operator },
      { id: 'what', inFile: ['iop', 'action'], header: t('what'), isFixed: true, card: 'title', cell: nameOf },
      { id: 'target', inFile: 'info', header: t('target'), card: 'line', cell: (o) => <Targets operation={o} /> },
      { id: 'via', inFile: 'typ', header: t('via'), cell: (o) => t(`ways.${wayOf(o)}`) },
      { id: 'from', inFile: 'ip', header: t('from'), cell: (o) => <span className="mono">{o.ip}</span> },
      { id: 'sequence', inFile: 'sequence', header: t('sequence'), isExtra: true, isNumber: true, cell: (o) => o.sequence ?? t('notSealed') },
    ],
    [t, nameOf],
  );
}

function Targets({ operation: o }: { operation: Operation }) {
  const text = targetsOf(o);
  const [only] = o.info.targets ?? [];
  const isDevice = areas[o.typ] === 'device' && o.info.targets?.length === 1 && only !== undefined && /^[\w-]{6,}$/.test(only);
  if (o.info.recordId !== undefined) {
    return <PlainLink className="cut" to={`/recordings/${encodeURIComponent(text)}`} text={text} title={text} />;
  }
  return isDevice ? <PlainLink className="cut" to={`/devices/${only}`} text={text} /> : <span className="cut" title={text}>{text}</span>;
}
