import { Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { call, query } from '../api/client';
import { isoOf } from '../api/lists';
import { DataTable, type Column } from '../ui/DataTable/DataTable';
import { ErrorPanel } from '../ui/ErrorPanel';
import { PlainLink } from '../ui/PlainLink';
import { TimeText } from '../ui/TimeText';
import { useClock } from '../ui/clock';

type Next = { guid: string; id: string; name: string; last_seen: number; action: 'disable' | 'bin'; due: number };
type Plan = { disable_days: number; bin_days: number; disable_now: number; bin_now: number; most_a_turn: number; next: Next[] };

type Props = { draft?: { disable: number; bin: number } };

const noSort = () => undefined;
const keyOf = (row: Next) => row.guid;
const nameOf = (row: Next) => (row.name === '' ? row.id : row.name);

/** The rule for devices that stay away, as it is or as a draft would have it, and whom it hits next. */
export function StalePlan({ draft }: Props) {
  const t = useTranslations('entities.staleRule');
  const columns = useColumns();
  const asked = draft === undefined ? {} : { disable_days: String(draft.disable), bin_days: String(draft.bin) };
  const { data, error, refetch } = useQuery({
    queryKey: ['devices', 'stale-rule', asked],
    queryFn: ({ signal }) => call<Plan>('GET', `/api/devices/stale${query(asked)}`, { signal }),
    placeholderData: keepPreviousData,
  });
  if (error !== null) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return null;
  if (data.disable_days === 0 && data.bin_days === 0) return <Text size="sm">{t('off')}</Text>;
  return (
    <Stack gap="xs">
      <strong>{t('rule', { disable: data.disable_days, bin: data.bin_days })}</strong>
      <div role="status">{t('now', { disable: data.disable_now, bin: data.bin_now, most: data.most_a_turn })}</div>
      {data.next.length === 0 ? (
        <div>{t('nobody')}</div>
      ) : (
        <>
          <div>{t('next')}</div>
          <DataTable label={t('next')} columns={columns} rows={data.next} keyOf={keyOf} nameOf={nameOf} sort="" onSort={noSort} />
        </>
      )}
    </Stack>
  );
}

function useColumns(): readonly Column<Next>[] {
  const t = useTranslations('entities.staleRule');
  const e = useTranslations('entities');
  const now = useClock() / 1000;
  return useMemo(
    () => [
      {
        id: 'device',
        header: e('device'),
        isMain: true,
        card: 'title',
        cell: (row) => <PlainLink className="cut" to={`/devices/${row.id}`} title={row.id} text={nameOf(row)} />,
      },
      { id: 'action', header: t('action'), card: 'state', cell: (row) => t(row.action) },
      { id: 'due', header: t('due'), card: 'line', cell: (row) => (row.due <= now ? t('dueNow') : <TimeText iso={isoOf(row.due)} />) },
      { id: 'seen', header: t('seen'), card: 'line', cell: (row) => <TimeText iso={isoOf(row.last_seen)} /> },
    ],
    [t, e, now],
  );
}
