import { Alert, Button, Progress } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Problem } from '../../api/problem';
import { Card, Facts } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { FormError } from '../../ui/FormError';
import { useBytes } from '../../ui/useBytes';
import styles from './settings.module.css';
import { storageQuery, tryStorage, type StorageTrial } from './storage';

/** Where this node keeps recordings, how full that is, and whether it can be written. */
export function StorageSpace() {
  const t = useTranslations('settings');
  const me = useMe();
  const bytes = useBytes();
  const { data, error, refetch } = useQuery(storageQuery);
  const trial = useMutation({ mutationFn: tryStorage });
  if (error instanceof Problem && error.status === 404) {
    return (
      <Card title={t('cards.place')}>
        <p className={styles.text}>{t('storage.noRecorder')}</p>
      </Card>
    );
  }
  if (error !== null) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return null;
  const limit = data.quota > 0 ? data.quota : data.used + data.free;
  const percent = limit === 0 ? 0 : Math.min(100, (100 * data.used) / limit);
  return (
    <Card title={t('cards.place')}>
      <Facts
        items={[
          [t(data.is_folder ? 'storage.folder' : 'storage.bucket'), <code key="place">{data.place}</code>],
          [t('storage.used'), t('storage.usedBy', { bytes: bytes(data.used), count: data.count })],
          [t(data.is_folder ? 'storage.free' : 'storage.freeHere'), t('storage.freeOf', { free: bytes(data.free), size: bytes(data.size) })],
          [t('storage.quota'), data.quota === 0 ? t('storage.noQuota') : bytes(data.quota)],
          [t('storage.kept'), bytes(data.keep_free)],
        ]}
      />
      <Progress value={percent} aria-label={t('storage.used')} />
      <p className={styles.text}>{t('storage.whenFull')}</p>
      {data.takes_more ? null : (
        <Alert color="red" variant="light">
          {t('storage.full')}
        </Alert>
      )}
      <FormError error={trial.error} />
      {trial.data === undefined ? null : <Outcome trial={trial.data} />}
      {can(me, 'settings.edit') ? (
        <div>
          <Button variant="default" loading={trial.isPending} onClick={() => trial.mutate()}>
            {t('storage.test')}
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

function Outcome({ trial }: { trial: StorageTrial }) {
  const t = useTranslations('settings');
  return (
    <Alert color={trial.ok ? 'blue' : 'red'} variant="light" role="status" title={t(trial.ok ? 'storage.works' : 'storage.worksNot')}>
      <ul className={styles.list}>
        {trial.steps.map(({ name, ok, detail, ms }) => (
          <li key={name}>{t(ok ? 'storage.stepDone' : 'storage.stepFailed', { step: t(`storage.steps.${name}`), ms, detail })}</li>
        ))}
      </ul>
    </Alert>
  );
}
