import { Alert, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { call } from '../../api/client';
import { clientSetupQuery } from '../../api/clientSetup';
import type { PageOf } from '../../api/lists';
import { viewerPath } from '../../entities/connecting';
import { ClientSetupCard } from '../../ui/ClientSetupCard';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { overviewQuery } from '../../api/overview';
import styles from './SetupPage.module.css';
import { useStep } from './useStep';

type Newest = { id: string; info: { device_name: string } };

/** The first device: what to enter there; the page notices when it is here. */
export function DeviceStep({ onDone }: { onDone: (next: number) => void }) {
  const t = useTranslations('setup');
  const setup = useQuery(clientSetupQuery);
  const overview = useQuery({ ...overviewQuery, refetchInterval: 3000 });
  const { save, skip } = useStep('device', onDone);
  // Those that were imported come one by one.
  const count = overview.data?.online ?? 0;
  const { data: newest } = useQuery({
    queryKey: ['devices', 'newest', count],
    queryFn: async ({ signal }) =>
      (await call<PageOf<Newest>>('GET', '/api/devices?online=1&sort=-created_at&pageSize=1', { signal })).data[0] ?? null,
    enabled: count > 0,
    // Its name comes a moment after the device itself.
    refetchInterval: ({ state }) => (state.data?.info.device_name ? false : 3000),
  });
  const name = newest?.info.device_name || groupedId(newest?.id ?? '');
  return (
    <>
      <h1 className={styles.title}>{t('device.title')}</h1>
      <p className={styles.text}>{t('device.text')}</p>
      {setup.error === null ? null : <ErrorPanel error={setup.error} onRetry={() => void setup.refetch()} />}
      {setup.data === undefined ? null : (
        <ClientSetupCard setup={setup.data} />
      )}
      <div role="status">
        <Alert color="blue" variant="light">
          {count === 0 || !newest ? t('device.waiting') : t('device.isHere', { name })}
          {count > 1 ? ` ${t('device.here', { count })}` : ''}
        </Alert>
      </div>
      <div className={styles.buttons}>
        {newest ? (
          <Button variant="default" component="a" href={viewerPath(newest.id)} target="_blank" rel="noopener">
            {t('device.connect', { name })}
          </Button>
        ) : null}
        <Button loading={save.isPending} onClick={() => save.mutate(null)}>
          {t('device.finish')}
        </Button>
        {newest ? null : (
          <Button variant="subtle" loading={skip.isPending} onClick={() => skip.mutate()}>
            {t('later')}
          </Button>
        )}
      </div>
    </>
  );
}
