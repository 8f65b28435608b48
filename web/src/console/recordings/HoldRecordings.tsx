import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';

type Props = {
  /** Whether they are to be held, or released. */
  held: boolean;
  count: number;
  isBusy: boolean;
  onCancel: () => void;
  onConfirm: (reason: string) => void;
};

/** Asks why something is kept, or is kept no longer; that goes into the audit. */
export function HoldRecordings({ held, count, isBusy, onCancel, onConfirm }: Props) {
  const t = useTranslations('recordings');
  const c = useTranslations('common');
  const [reason, setReason] = useState('');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onConfirm(reason.trim());
  };
  return (
    <Modal
      opened
      onClose={onCancel}
      title={held ? t('holdTitle', { count }) : t('releaseTitle', { count })}
      closeButtonProps={{ 'aria-label': c('close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <div>{held ? t('holdText') : t('releaseText')}</div>
          <TextInput
            label={t('reasonOptional')}
            maxLength={200}
            data-autofocus
            value={reason}
            onChange={(e) => setReason(e.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onCancel}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={isBusy}>
              {held ? t('hold') : t('release')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
