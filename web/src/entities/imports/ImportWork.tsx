import { Alert, Progress } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslations } from 'use-intl';
import type { SourceKind, ImportCounts } from '../../api/imports';
import { isOver, jobQuery, type Job } from '../../api/jobs';
import { CountList } from './CountList';
import styles from './imports.module.css';

type Props = { guid: string; kind: SourceKind | 'csv'; tookKey?: boolean };

/** How far an import is, then what came of it. */
export function ImportWork({ guid, kind, tookKey = false }: Props) {
  const t = useTranslations('imports');
  const client = useQueryClient();
  const { data: job } = useQuery(jobQuery(guid));
  const isDone = job !== undefined && isOver(job);
  useEffect(() => {
    if (isDone) void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'jobs' && queryKey[0] !== 'setup' });
  }, [isDone, client]);
  if (!isDone) {
    return (
      <div role="status" className={styles.part}>
        <p className={styles.text}>{job === undefined || job.state === 'waiting' ? t('waiting') : t('running')}</p>
        <Progress value={partOf(job)} animated={partOf(job) === 0} aria-label={t('running')} />
      </div>
    );
  }
  const isGood = job.state === 'done' && job.failed === 0;
  const reason = job.failures?.[0]?.detail ?? job.detail;
  return (
    <section className={styles.part} role="status" aria-label={t('done')}>
      <Alert color={isGood ? 'blue' : 'red'} variant="light">
        {isGood ? t('done') : t('failed', { count: job.failed, reason })}
      </Alert>
      {isGood && kind !== 'csv' ? <CountList kind={kind} counts={job.result as ImportCounts} /> : null}
      {kind === 'csv' ? <p className={styles.text}>{t('rowsDone', { count: job.done - job.failed })}</p> : null}
      {tookKey ? <Alert color="yellow">{t('key.taken')}</Alert> : null}
    </section>
  );
}

const partOf = (job: Job | undefined) => (job === undefined || job.total === 0 ? 0 : Math.round((100 * job.done) / job.total));
