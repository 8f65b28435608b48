import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { jobsQuery, type Job } from '../../api/jobs';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { watchJob } from './useJobWork';

/** Begins work on many; from then on the tray tells of it. */
export function useStartJob(): (work: Promise<Job>, onBegun: () => void) => Promise<void> {
  const client = useQueryClient();
  const textOf = useProblemText();
  return useCallback(
    async (work, onBegun) => {
      try {
        watchJob((await work).guid);
        await client.invalidateQueries({ queryKey: jobsQuery.queryKey });
        onBegun();
      } catch (problem) {
        complain(textOf(problem));
      }
    },
    [client, textOf],
  );
}
