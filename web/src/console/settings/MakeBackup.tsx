import { Alert, Button, Checkbox, Progress } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { FormError } from '../../ui/FormError';
import { backupsQuery, cancelJob, isOver, jobQuery, makeBackup, type Job } from './backups';
import styles from './settings.module.css';

/** Makes a backup while the server runs, and shows how far it is. */
export function MakeBackup() {
  const t = useTranslations('settings');
  const client = useQueryClient();
  const [hasRecordings, setRecordings] = useState(false);
  const [guid, setGuid] = useState<string | null>(null);
  const { data: job } = useQuery(jobQuery(guid));
  const make = useMutation({ mutationFn: () => makeBackup(hasRecordings), onSuccess: (begun) => setGuid(begun.guid) });
  const stop = useMutation({ mutationFn: () => cancelJob(guid ?? '') });
  const isDone = job !== undefined && isOver(job);
  const isRunning = guid !== null && !isDone;
  useEffect(() => {
    if (isDone) void client.invalidateQueries({ queryKey: backupsQuery.queryKey });
  }, [isDone, client]);
  return (
    <div className={styles.form}>
      <FormError error={make.error ?? stop.error} />
      <Checkbox
        label={t('backup.recordings')}
        description={t('backup.recordingsHelp')}
        checked={hasRecordings}
        disabled={isRunning}
        onChange={(e) => setRecordings(e.currentTarget.checked)}
      />
      <div className={styles.row}>
        <Button loading={make.isPending} disabled={isRunning} onClick={() => make.mutate()}>
          {t('backup.make')}
        </Button>
        {isRunning ? (
          <Button variant="default" loading={stop.isPending} disabled={job?.cancel_asked === true} onClick={() => stop.mutate()}>
            {t('backup.stop')}
          </Button>
        ) : null}
      </div>
      {isRunning ? (
        <div role="status">
          <p className={styles.text}>{job === undefined || job.state === 'waiting' ? t('backup.waiting') : t('backup.running')}</p>
          <Progress value={partOf(job)} animated={partOf(job) === 0} aria-label={t('backup.running')} />
        </div>
      ) : null}
      {isDone ? <Outcome job={job} /> : null}
    </div>
  );
}

const partOf = (job: Job | undefined) => (job === undefined || job.total === 0 ? 0 : Math.round((100 * job.done) / job.total));

function Outcome({ job }: { job: Job }) {
  const t = useTranslations('settings');
  const isGood = job.state === 'done' && job.failed === 0;
  const reason = job.failures?.[0]?.detail ?? job.detail;
  return (
    <Alert color={isGood || job.state === 'cancelled' ? 'blue' : 'red'} variant="light" role="status">
      {isGood ? t('backup.done') : job.state === 'cancelled' ? t('backup.cancelled') : t('backup.failed', { reason })}
    </Alert>
  );
}
