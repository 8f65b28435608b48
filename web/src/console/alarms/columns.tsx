import { IconAlertTriangle, IconCircleCheck, IconEye, IconInfoCircle, IconUrgent } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import type { Column } from '../../ui/DataTable/DataTable';
import { groupedId } from '../../ui/groupedId';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import type { Alarm } from './queries';
import { useAlarmName } from '../../entities/useAlarmName';

const severities = {
  info: ['info', IconInfoCircle],
  warning: ['warn', IconAlertTriangle],
  critical: ['bad', IconUrgent],
} as const;

const states = {
  new: ['warn', IconAlertTriangle],
  seen: ['info', IconEye],
  resolved: ['ok', IconCircleCheck],
} as const;

export function useAlarmColumns(): Column<Alarm>[] {
  const t = useTranslations('alarms');
  const nameOf = useAlarmName();
  return useMemo(
    () => [
      { id: 'what', inFile: ['typ', 'info'], header: t('what'), card: 'title', isFixed: true, isMain: true, cell: (a) => nameOf(a.typ) },
      { id: 'state', inFile: 'state', header: t('state'), card: 'state', isFixed: true, cell: (a) => <State alarm={a} /> },
      { id: 'severity', header: t('severity'), cell: (a) => <Severity alarm={a} /> },
      { id: 'count', header: t('times'), card: 'line', cell: (a) => (a.count === undefined ? '' : t('count', { count: a.count })) },
      {
        id: 'first',
        header: t('first'),
        cell: (a) => (a.count === undefined || a.count === 1 ? '' : <TimeText iso={isoOf(a.first_at)} />),
      },
      { id: 'time', inFile: 'created_at', header: t('time'), card: 'line', cell: (a) => <TimeText iso={isoOf(a.created_at)} isAbsolute /> },
      {
        id: 'device',
        inFile: 'device',
        header: t('device'),
        card: 'line',
        cell: (a) => (a.device === '' ? <Cut text={a.info.subject ?? ''} /> : <DeviceLink id={a.device} />),
      },
      { id: 'who', header: t('who'), card: 'line', cell: (a) => <Cut text={a.info.name ?? a.info.id ?? ''} /> },
      { id: 'from', header: t('from'), isExtra: true, cell: (a) => <span className="mono">{a.info.ip ?? ''}</span> },
      { id: 'assigned', header: t('assigned'), isExtra: true, cell: (a) => a.assigned_to },
      { id: 'handled', header: t('handled'), isExtra: true, cell: (a) => a.handled_by },
      { id: 'note', inFile: 'note', header: t('note'), isExtra: true, cell: (a) => <span className="cut" title={a.note}>{a.note}</span> },
    ],
    [t, nameOf],
  );
}

const Cut = ({ text }: { text: string }) => (
  <span className="cut" title={text}>
    {text}
  </span>
);

function DeviceLink({ id }: { id: string }) {
  return (
    <Link className="one-line mono" to="/devices" search={{ q: id }}>
      {groupedId(id)}
    </Link>
  );
}

function State({ alarm }: { alarm: Alarm }) {
  const t = useTranslations('alarms');
  const [tone, icon] = states[alarm.state];
  return <Status tone={tone} icon={icon} word={t(`states.${alarm.state}`)} />;
}

function Severity({ alarm }: { alarm: Alarm }) {
  const t = useTranslations('alarms');
  const [tone, icon] = severities[alarm.severity];
  return <Status tone={tone} icon={icon} word={t(`severities.${alarm.severity}`)} />;
}
