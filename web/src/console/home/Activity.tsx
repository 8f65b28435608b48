import { SegmentedControl, Skeleton } from '@mantine/core';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { call, query } from '../../api/client';
import { Card } from '../../ui/Card';
import { LineChart, type Lane } from '../../ui/charts/LineChart';
import type { Values } from '../../ui/charts/lines';
import { ErrorPanel } from '../../ui/ErrorPanel';
import styles from './HomePage.module.css';

type Reply = { from: string; step: number; online: Values; sessions: Values; relay: Values };

const ranges = ['day', 'week', 'month'] as const;

const activityQuery = (range: string) =>
  queryOptions({
    queryKey: ['activity', range],
    queryFn: ({ signal }) => call<Reply>('GET', `/api/console/activity${query({ range })}`, { signal }),
    placeholderData: keepPreviousData,
    // The server measures in steps of five minutes.
    refetchInterval: 300_000,
  });

/** How much was going on: devices, sessions and relays over a day, a week or a month. */
export function Activity() {
  const t = useTranslations('home');
  const navigate = useNavigate();
  const search: { range?: unknown } = useSearch({ strict: false });
  const range = ranges.find((r) => r === search.range) ?? 'day';
  const { data, error, refetch } = useQuery(activityQuery(range));
  return (
    <Card
      title={t('activity')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('range')}
          value={range}
          data={ranges.map((value) => ({ value, label: t(`ranges.${value}`) }))}
          onChange={(value) =>
            void navigate({ to: '.', search: (now: Record<string, unknown>) => ({ ...now, range: value === 'day' ? undefined : value }), resetScroll: false })
          }
        />
      }
    >
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? <Skeleton height={280} /> : <Lines data={data} />}
    </Card>
  );
}

function Lines({ data }: { data: Reply }) {
  const t = useTranslations('home');
  const format = useFormatter();
  const isFine = data.step < 3600;
  const timeOf = useCallback(
    (i: number) =>
      format.dateTime(
        new Date(Date.parse(data.from) + i * data.step * 1000),
        isFine ? { hour: 'numeric', minute: '2-digit' } : { month: 'short', day: 'numeric', hour: 'numeric' },
      ),
    [data, format, isFine],
  );
  const lanes = useMemo<Lane[]>(() => {
    // A mean of an hour has parts; a single look has none.
    const count = (value: number) => format.number(value, { maximumFractionDigits: value < 10 ? 1 : 0 });
    const rate = (mbit: number) => t('mbit', { rate: format.number(mbit, { maximumSignificantDigits: 3 }) });
    return [
      { name: t('online'), values: data.online, format: count },
      { name: t('sessions'), values: data.sessions, format: count },
      { name: t('relayed'), values: data.relay.map((bytes) => (bytes === null ? null : (bytes * 8) / 1e6)), format: rate },
    ];
  }, [data, format, t]);
  if (lanes.every((lane) => lane.values.every((v) => v === null))) return <p className={styles.text}>{t('notMeasured')}</p>;
  return <LineChart label={t('activity')} lanes={lanes} count={data.online.length} timeOf={timeOf} />;
}
