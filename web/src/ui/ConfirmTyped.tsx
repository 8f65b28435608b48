import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';

type Props = {
  isOpen: boolean;
  title: string;
  action: string;
  /** What has to be typed: a name, a count. */
  word: string;
  isBusy?: boolean;
  /** It can't be done now; the children say why. */
  isBlocked?: boolean;
  /** Asks why, too, for the log. */
  hasReason?: boolean;
  onCancel: () => void;
  onConfirm: (reason: string) => void;
  children: ReactNode;
};

/** Asks before what is gone for good: somebody has to type what it is about. */
export function ConfirmTyped({ isOpen, title, onCancel, ...rest }: Props) {
  const t = useTranslations('common');
  return (
    <Modal opened={isOpen} onClose={onCancel} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <Body onCancel={onCancel} {...rest} />
    </Modal>
  );
}

function Body({ action, word, isBusy = false, isBlocked = false, hasReason = false, onCancel, onConfirm, children }: Omit<Props, 'isOpen' | 'title'>) {
  const t = useTranslations('common');
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const isRight = typed.trim() === word && !isBlocked;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (isRight) onConfirm(reason.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <div>{children}</div>
        {hasReason ? (
          <TextInput label={t('reasonOptional')} maxLength={500} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
        ) : null}
        <TextInput
          label={t('typeToConfirm', { word })}
          autoComplete="off"
          data-autofocus
          value={typed}
          onChange={(e) => setTyped(e.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
          <Button color="red" type="submit" disabled={!isRight} loading={isBusy}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
