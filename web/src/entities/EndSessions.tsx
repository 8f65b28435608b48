import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { disconnect } from '../api/sessions';
import { complain, say } from '../ui/toast';
import { useBulk } from '../ui/useBulk';
import { markEnding } from './ending';

type Props = { guids: readonly string[]; onClose: () => void; onDone?: () => void };

/** Asks why, and ends sessions; the reason goes into the log. */
export function EndSessions({ guids, onClose, onDone }: Props) {
  const t = useTranslations('entities.endSessions');
  const c = useTranslations('common');
  const l = useTranslations('list');
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const { run, progress } = useBulk();
  const end = async () => {
    const result = await run(guids, async (guid) => {
      await disconnect(guid, reason.trim());
      markEnding(guid);
    });
    await client.invalidateQueries({ queryKey: ['sessions'] });
    if (result.failed > 0) complain(l('failedSome', { failed: result.failed, reason: result.reason }));
    if (result.done > 0) say(t('done'));
    onDone?.();
    onClose();
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void end();
  };
  return (
    <Modal opened onClose={onClose} title={t('title', { count: guids.length })} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <p>{t('text')}</p>
          <TextInput
            label={t('reason')}
            maxLength={300}
            data-autofocus
            value={reason}
            onChange={(e) => setReason(e.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button color="red" type="submit" loading={progress !== null}>
              {t('action', { count: guids.length })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
