import { Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconUrgent } from '@tabler/icons-react';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { call } from '../../api/client';
import { isoOf, type PageOf } from '../../api/lists';
import { useAlarmName } from '../../entities/useAlarmName';
import { Card } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import styles from './HomePage.module.css';

type Alarm = {
  guid: string;
  device: string;
  typ: number;
  created_at: number;
  info: { subject?: string };
  severity: 'info' | 'warning' | 'critical';
};

const looks = {
  info: ['info', IconInfoCircle],
  warning: ['warn', IconAlertTriangle],
  critical: ['bad', IconUrgent],
} as const;

const newAlarms = queryOptions({
  queryKey: ['alarms', 'latest'],
  queryFn: ({ signal }) => call<PageOf<Alarm>>('GET', '/api/audits/alarm?state=new&pageSize=5', { signal }),
});

/** Alarms that nobody looked at yet, the newest ones. */
export function LatestAlarms() {
  const t = useTranslations('home');
  const nameOf = useAlarmName();
  const severities = useTranslations('alarms.severities');
  const { data, error, refetch } = useQuery(newAlarms);
  return (
    <Card
      title={t('alarms')}
      isFlush
      actions={data !== undefined && data.total > data.data.length ? <Link to="/alarms">{t('allAlarms', { count: data.total })}</Link> : null}
    >
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? <Skeleton className={styles.pad ?? ''} height={20} /> : null}
      {data?.data.length === 0 ? (
        <div className={styles.pad}>
          <Status tone="ok" icon={IconCircleCheck} word={t('noAlarms')} />
        </div>
      ) : null}
      <ul className={styles.sessions}>
        {data?.data.map((alarm) => {
          const [tone, icon] = looks[alarm.severity];
          return (
            <li key={alarm.guid} className={styles.session}>
              <Status tone={tone} icon={icon} word={severities(alarm.severity)} />
              <Link className={styles.who ?? ''} to="/alarms" search={{ each: '1', peek: alarm.guid }}>
                {nameOf(alarm.typ)}
              </Link>
              <span className="mono">{alarm.device === '' ? (alarm.info.subject ?? '') : groupedId(alarm.device)}</span>
              <span className={styles.when}>
                <TimeText iso={isoOf(alarm.created_at)} />
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
