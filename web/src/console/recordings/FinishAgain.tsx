import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { finishRecording, mayChange, type Recording } from './queries';

/** Tries once more to finish a recording that failed, where that may help and one may. */
export function FinishAgain({ recording, size = 'sm' }: { recording: Recording; size?: 'xs' | 'sm' }) {
  const t = useTranslations('recordings');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const finish = useMutation({
    mutationFn: () => finishRecording(recording.recordId),
    onSuccess: () => client.invalidateQueries({ queryKey: ['recordings'] }),
    onError: (problem) => complain(textOf(problem)),
  });
  if (!recording.canFinish || !mayChange(me, recording)) return null;
  return (
    <Button size={size} variant="default" loading={finish.isPending} onClick={() => finish.mutate()}>
      {t('finishAgain')}
    </Button>
  );
}
