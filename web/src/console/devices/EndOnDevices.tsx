import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';

type Props = { count: number; onEnd: (reason: string) => void; onClose: () => void };

/** Asks why, before whatever goes on at some devices is ended. */
export function EndOnDevices({ count, onEnd, onClose }: Props) {
  const t = useTranslations('devices');
  const e = useTranslations('entities.endSessions');
  const c = useTranslations('common');
  const [reason, setReason] = useState('');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onEnd(reason.trim());
  };
  return (
    <Modal opened onClose={onClose} title={t('disconnectTitle', { count })} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <p>{t('disconnectText')}</p>
          <TextInput label={e('reason')} maxLength={300} data-autofocus value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button color="red" type="submit">
              {t('disconnectMany', { count })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
