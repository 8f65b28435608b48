import { Alert, Button, Progress } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import type { ProReading } from '../../api/imports';
import { cancelJob, isOver, type Job } from '../../api/jobs';
import styles from './imports.module.css';

const faults = [
  'unreachable', 'tls', 'timeout', 'unauthorized', 'forbidden', 'redirected', 'not_pro', 'refused', 'too_large', 'cancelled', 'no_space',
] as const;

/** How far reading another server is; or why it could not be read. */
export function ReadingWork({ job }: { job: Job | undefined }) {
  const t = useTranslations('imports');
  const stop = useMutation({ mutationFn: cancelJob });
  if (job === undefined || !isOver(job)) {
    const isCounted = job !== undefined && job.total > 1;
    return (
      <div role="status" className={styles.part}>
        <p className={styles.text}>{t('pro.reading')}</p>
        <Progress value={isCounted ? (100 * job.done) / job.total : 0} animated={!isCounted} aria-label={t('pro.reading')} />
        {isCounted ? <p className={styles.text}>{t('pro.rows', { done: job.done, total: job.total })}</p> : null}
        {job === undefined ? null : (
          <div className={styles.row}>
            <Button variant="subtle" disabled={job.cancel_asked} loading={stop.isPending} onClick={() => stop.mutate(job.guid)}>
              {t('pro.stop')}
            </Button>
          </div>
        )}
      </div>
    );
  }
  const reading = job.result as ProReading | undefined;
  if (reading?.fault === '') return null;
  const reason = job.failures?.[0]?.detail ?? job.detail;
  const known = faults.find((fault) => fault === (job.state === 'cancelled' ? 'cancelled' : reading?.fault));
  return (
    <Alert color="red" variant="light" role="alert">
      {known === undefined ? t('pro.faults.other', { reason }) : t(`pro.faults.${known}`)}
      {/* The server's sentence says where. */}
      {known === 'redirected' || known === 'refused' || known === 'not_pro' || known === 'too_large' ? (
        <p className={styles.text} lang="en">
          {reason}
        </p>
      ) : null}
    </Alert>
  );
}
