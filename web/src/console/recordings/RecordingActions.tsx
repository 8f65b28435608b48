import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { DeleteRecordings } from './DeleteRecordings';
import { FinishAgain } from './FinishAgain';
import { HoldRecordings } from './HoldRecordings';
import { deleteRecording, localAddress, mayChange, type Recording } from './queries';
import { useHolding } from './useHolding';

/** What can be done with a recording. */
export function RecordingActions({ recording }: { recording: Recording }) {
  const t = useTranslations('recordings');
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const textOf = useProblemText();
  const [isDeleting, setDeleting] = useState(false);
  const [isHolding, setHolding] = useState(false);
  const { recordId: id, held } = recording;
  const holding = useHolding(id);
  const remove = useMutation({
    mutationFn: (reason: string) => deleteRecording(id, reason),
    onSuccess: async () => {
      await navigate({ to: '/recordings' });
      await client.invalidateQueries({ queryKey: ['recordings'] });
    },
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDeleting(false),
  });
  const isDone = recording.status === 'ready' || recording.status === 'error';
  return (
    <>
      {recording.downloadUrl === undefined ? null : (
        <Button component="a" href={localAddress(recording.downloadUrl)} download leftSection={<IconDownload size={16} aria-hidden />}>
          {t('download')}
        </Button>
      )}
      <FinishAgain recording={recording} />
      {me.is_admin && isDone ? (
        <Button variant="default" loading={holding.isPending} onClick={() => setHolding(true)}>
          {held ? t('release') : t('hold')}
        </Button>
      ) : null}
      {mayChange(me, recording) ? (
        <Button
          variant="subtle"
          color="red"
          disabled={held || !isDone}
          title={held ? t('heldHint') : isDone ? undefined : t('busyHint')}
          onClick={() => setDeleting(true)}
        >
          {t('delete')}
        </Button>
      ) : null}
      {isHolding ? (
        <HoldRecordings
          held={!held}
          count={1}
          isBusy={holding.isPending}
          onCancel={() => setHolding(false)}
          onConfirm={(reason) => holding.mutate({ held: !held, reason }, { onSettled: () => setHolding(false) })}
        />
      ) : null}
      <DeleteRecordings
        isOpen={isDeleting}
        count={1}
        isBusy={remove.isPending}
        onCancel={() => setDeleting(false)}
        onDelete={(reason) => remove.mutate(reason)}
      />
    </>
  );
}
