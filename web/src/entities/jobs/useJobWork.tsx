import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { cancelJob, isOver, jobsQuery, readJob, retryJob, undoJob, type Job } from '../../api/jobs';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import { useJobText } from './useJobText';

// Those that this tab began: it says what became of them. The others are said where they were begun.
const begun = new Set<string>();
const told = new Set<string>();

/** A job that this tab began a moment ago; the tray takes it from here. */
export function watchJob(guid: string): void {
  begun.add(guid);
}

/** What can be done with jobs, and a word when one is over. */
export function useJobWork(jobs: readonly Job[]) {
  const t = useTranslations('jobs');
  const c = useTranslations('common');
  const client = useQueryClient();
  const problemText = useProblemText();
  const textOf = useJobText();
  const [undone, setUndone] = useState<ReadonlySet<string>>(() => new Set());
  const read = () => client.invalidateQueries({ queryKey: jobsQuery.queryKey });
  const attempt = (work: Promise<Job>) =>
    work.then(
      (job) => {
        watchJob(job.guid);
        return read();
      },
      (problem: unknown) => complain(problemText(problem)),
    );
  const undo = (job: Job) => {
    setUndone(new Set([...undone, job.guid]));
    void attempt(undoJob(job.guid));
  };
  const tell = async (job: Job) => {
    const area = job.kind.slice(0, job.kind.indexOf('.'));
    await client.invalidateQueries({ queryKey: [area] });
    if (job.failed > 0 || job.state === 'failed') {
      const { failures = [] } = await readJob(job.guid);
      complain(t('why', { text: textOf(job), reason: failures[0]?.detail ?? job.detail }));
    } else if (job.can_undo && job.undo_of == null) {
      sayWithUndo(textOf(job), c('undo'), () => undo(job));
    } else {
      say(textOf(job));
    }
  };
  useEffect(() => {
    for (const job of jobs) {
      if (!isOver(job) || !begun.has(job.guid) || told.has(job.guid)) continue;
      told.add(job.guid);
      tell(job).catch((problem: unknown) => complain(problemText(problem)));
    }
  });
  return {
    undo,
    retry: (job: Job) => void attempt(retryJob(job.guid)),
    cancel: (job: Job) => void attempt(cancelJob(job.guid)),
    isOwn: (job: Job) => begun.has(job.guid),
    isUndone: (job: Job) => undone.has(job.guid) || jobs.some((other) => other.undo_of === job.guid),
  };
}
