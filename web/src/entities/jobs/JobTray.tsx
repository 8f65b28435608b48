import { Button, Popover, Progress } from '@mantine/core';
import { IconProgress } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { isOver, jobsQuery, type Job } from '../../api/jobs';
import styles from './JobTray.module.css';
import { useJobText } from './useJobText';
import { useJobWork } from './useJobWork';

/** In the header: what is under way, how far, and how it is stopped; what is over for a while, and how it is undone. */
export function JobTray() {
  const t = useTranslations('jobs');
  const { data: jobs = [] } = useQuery(jobsQuery);
  const textOf = useJobText();
  const work = useJobWork(jobs);
  const running = jobs.filter((job) => !isOver(job));
  const canUndo = (job: Job) => job.can_undo && job.undo_of == null && !work.isUndone(job);
  // What can be taken back stays for its day, whichever tab began it.
  const shown = [...running, ...jobs.filter((job) => isOver(job) && (work.isOwn(job) || canUndo(job)))].slice(0, 5);
  const first = running[0];
  if (shown.length === 0) return null;
  return (
    <Popover position="bottom-end" shadow="md" width={340}>
      <Popover.Target>
        <Button variant="default" leftSection={<IconProgress size={16} aria-hidden />} className={styles.button ?? ''}>
          {first === undefined ? t('title') : textOf(first)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('title')}>
        <ul className={styles.jobs}>
          {shown.map((job) => (
            <li key={job.guid} className={styles.job}>
              <span>{textOf(job)}</span>
              {isOver(job) ? null : <Bar job={job} label={textOf(job)} />}
              <span className={styles.row}>
                {isOver(job) ? null : (
                  <Button size="xs" variant="default" disabled={job.cancel_asked} onClick={() => work.cancel(job)}>
                    {job.cancel_asked ? t('stopping') : t('cancel')}
                  </Button>
                )}
                {isOver(job) && job.can_retry ? (
                  <Button size="xs" variant="default" onClick={() => work.retry(job)}>
                    {t('retry')}
                  </Button>
                ) : null}
                {isOver(job) && canUndo(job) ? (
                  <Button size="xs" variant="default" onClick={() => work.undo(job)}>
                    {t('undoAll')}
                  </Button>
                ) : null}
              </span>
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

function Bar({ job, label }: { job: Job; label: string }) {
  return <Progress value={job.total === 0 ? 0 : (100 * job.done) / job.total} aria-label={label} />;
}
