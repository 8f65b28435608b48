import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { jobsQuery, type Job } from '../../api/jobs';
import { watchJob } from '../../entities/jobs/useJobWork';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';
import { block } from './pending';

/** Begins what is decided about machines that wait, and says what came of it. */
export function usePendingWork(onBegun: () => void) {
  const t = useTranslations('devices.pending');
  const client = useQueryClient();
  const textOf = useProblemText();
  const start = (work: Promise<Job>) =>
    void work.then(
      (job) => {
        watchJob(job.guid);
        onBegun();
        return client.invalidateQueries({ queryKey: jobsQuery.queryKey });
      },
      (problem: unknown) => complain(textOf(problem)),
    );
  const blockAll = (guids: readonly string[]) =>
    void block(guids).then(
      () => {
        say(t('blockedNow'));
        onBegun();
        return client.invalidateQueries({ queryKey: ['devices'] });
      },
      (problem: unknown) => complain(textOf(problem)),
    );
  return { start, blockAll };
}
