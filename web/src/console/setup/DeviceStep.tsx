import { Alert, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { clientSetupQuery, installerName } from '../../api/clientSetup';
import { ClientSetupCard } from '../../ui/ClientSetupCard';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { overviewQuery } from '../../api/overview';
import styles from './SetupPage.module.css';
import { useStep } from './useStep';

/** The first device: what to enter there; the page notices when it is here. */
export function DeviceStep({ onDone }: { onDone: (next: number) => void }) {
  const t = useTranslations('setup');
  const setup = useQuery(clientSetupQuery);
  const overview = useQuery({ ...overviewQuery, refetchInterval: 3000 });
  const { save } = useStep(5, null, onDone);
  const count = overview.data?.devices ?? 0;
  return (
    <>
      <h1 className={styles.title}>{t('device.title')}</h1>
      <p className={styles.text}>{t('device.text')}</p>
      {setup.error === null ? null : <ErrorPanel error={setup.error} onRetry={() => void setup.refetch()} />}
      {setup.data === undefined ? null : (
        <ClientSetupCard
          host={setup.data.host}
          publicKey={setup.data.key}
          configuration={setup.data.configuration}
          installer={installerName(setup.data)}
        />
      )}
      <div role="status">
        <Alert color="blue" variant="light">
          {count === 0 ? t('device.waiting') : t('device.here', { count })}
        </Alert>
      </div>
      <div className={styles.buttons}>
        <Button loading={save.isPending} onClick={() => save.mutate(null)}>
          {t('device.finish')}
        </Button>
      </div>
    </>
  );
}
