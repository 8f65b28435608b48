import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';

type Props = {
  isOpen: boolean;
  title: string;
  action: string;
  isBusy?: boolean;
  /** It can be taken back. */
  isHarmless?: boolean;
  onCancel: () => void;
  onConfirm: () => void;
  children: ReactNode;
};

/** Asks before something that can't be undone, or that concerns many. */
export function Confirm({ isOpen, title, action, isBusy = false, isHarmless = false, onCancel, onConfirm, children }: Props) {
  const t = useTranslations('common');
  return (
    <Modal opened={isOpen} onClose={onCancel} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack gap="md">
        <div>{children}</div>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel} data-autofocus>
            {t('cancel')}
          </Button>
          <Button {...(isHarmless ? {} : { color: 'red' })} loading={isBusy} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
