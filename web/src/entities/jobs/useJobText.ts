import { useTranslations } from 'use-intl';
import { isOver, type Job } from '../../api/jobs';

/** What a job does, and how far it is. */
export function useJobText(): (job: Job) => string {
  const t = useTranslations('jobs');
  return (job) => {
    const kind = t.has(`kinds.${job.kind}`) ? t(`kinds.${job.kind}`) : t('other');
    if (!isOver(job)) return t('progress', { kind, done: job.done, total: job.total });
    const good = job.done - job.failed;
    if (job.state === 'cancelled') return t('cancelled', { kind, done: good, total: job.total });
    return job.failed > 0 || job.state === 'failed'
      ? t('withFailures', { kind, done: good, failed: job.state === 'failed' ? job.total - good : job.failed })
      : t('finished', { kind, done: good });
  };
}
