import { Button, Group, Modal, NumberInput, Stack } from '@mantine/core';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { call, query } from '../../api/client';
import { jobsQuery, startDeviceJob } from '../../api/jobs';
import type { PageAsOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { StalePlan } from '../../entities/StalePlan';
import { watchJob } from '../../entities/jobs/useJobWork';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain } from '../../ui/toast';
import styles from './devices.module.css';
import { lastSeen, nameOf, type Device } from './queries';

type Props = { onClose: () => void; onShow: (filters: Record<string, string>) => void };

/** Devices that nobody has seen for long: how many, which, and what is done with them all. */
export function StaleDevices({ onClose, onShow }: Props) {
  const t = useTranslations('devices.stale');
  const d = useTranslations('devices');
  const r = useTranslations('entities.staleRule');
  const c = useTranslations('common');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const [days, setDays] = useState(90);
  const [isBusy, setBusy] = useState(false);
  const asked = { seen: `>${String(days)}d` };
  const { data, error, refetch } = useQuery({
    queryKey: ['devices', 'stale', days],
    queryFn: async ({ signal }) => {
      const read = (more: Record<string, string>, size: number) =>
        call<PageAsOf<Device>>('GET', `/api/devices${query({ ...asked, ...more, sort: 'last_online', pageSize: size })}`, { signal });
      const [all, enabled] = await Promise.all([read({}, 5), read({ status: '1' }, 1)]);
      return { days, all: all.total, enabled: enabled.total, first: all.data, asOf: Math.min(all.as_of, enabled.as_of) };
    },
    placeholderData: keepPreviousData,
  });
  const start = async (action: 'disable' | 'delete', filters: Record<string, string>, expected: number) => {
    setBusy(true);
    try {
      const job = await startDeviceJob({ action, query: query(filters).slice(1), expected, as_of: data?.asOf ?? 0 });
      watchJob(job.guid);
      await client.invalidateQueries({ queryKey: jobsQuery.queryKey });
      onClose();
    } catch (problem) {
      complain(textOf(problem));
      await refetch();
    }
    setBusy(false);
  };
  // What stands there is of the days that are asked for, or nothing is done to it.
  const isReady = data?.days === days && !isBusy;
  const [all, enabled] = [data?.all ?? 0, data?.enabled ?? 0];
  return (
    <Modal opened onClose={onClose} size="lg" title={t('title')} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        <NumberInput
          label={t('days')}
          min={1}
          max={3650}
          allowDecimal={false}
          value={days}
          onChange={(value) => setDays(Math.min(3650, Math.max(1, Number(value) || 1)))}
        />
        {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
        <div role="status">{data === undefined ? null : t('found', { all, enabled })}</div>
        {data === undefined || data.first.length === 0 ? null : (
          <ul className={styles.bare} aria-label={t('first')}>
            {data.first.map((device) => (
              <li key={device.guid}>
                {nameOf(device)} · <TimeText iso={lastSeen(device)} />
              </li>
            ))}
          </ul>
        )}
        <p className={styles.plain}>{t('text')}</p>
        <section aria-label={r('title')}>
          <h3>{r('title')}</h3>
          <StalePlan />
          {can(me, 'settings.view') ? (
            <Link to="/settings" hash="stale_devices-disable_days">
              {t('rule')}
            </Link>
          ) : null}
        </section>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => onShow(asked)}>
            {t('show')}
          </Button>
          {can(me, 'devices.delete') ? (
            <Button variant="default" color="red" disabled={!isReady || all === 0} onClick={() => void start('delete', asked, all)}>
              {d('deleteMany', { count: all })}
            </Button>
          ) : null}
          {can(me, 'devices.enable') ? (
            <Button disabled={!isReady || enabled === 0} onClick={() => void start('disable', { ...asked, status: '1' }, enabled)}>
              {d('disableMany', { count: enabled })}
            </Button>
          ) : null}
        </Group>
      </Stack>
    </Modal>
  );
}
