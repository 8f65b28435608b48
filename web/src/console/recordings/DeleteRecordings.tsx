import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';

type Props = { isOpen: boolean; count: number; isBusy: boolean; onCancel: () => void; onDelete: (reason: string) => void };

/** Asks why, for the audit, and how many: nothing brings them back. */
export function DeleteRecordings({ isOpen, onCancel, ...rest }: Props) {
  const t = useTranslations('recordings');
  const c = useTranslations('common');
  return (
    <Modal opened={isOpen} onClose={onCancel} title={t('deleteTitle', { count: rest.count })} closeButtonProps={{ 'aria-label': c('close') }}>
      <Body onCancel={onCancel} {...rest} />
    </Modal>
  );
}

function Body({ count, isBusy, onCancel, onDelete }: Omit<Props, 'isOpen'>) {
  const t = useTranslations('recordings');
  const c = useTranslations('common');
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const word = String(count);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onDelete(reason.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <div>{t('deleteText')}</div>
        <TextInput
          label={t('reason')}
          required
          withAsterisk={false}
          maxLength={200}
          data-autofocus
          value={reason}
          onChange={(e) => setReason(e.currentTarget.value)}
        />
        <TextInput label={c('typeToConfirm', { word })} autoComplete="off" value={typed} onChange={(e) => setTyped(e.currentTarget.value)} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            {c('cancel')}
          </Button>
          <Button color="red" type="submit" disabled={reason.trim() === '' || typed.trim() !== word} loading={isBusy}>
            {t('delete')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
