import { Button, Group, Modal, PasswordInput, Stack } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';

type Props = { count: number; onClose: () => void; onSet: (password: string) => Promise<void> };

/** One password for all that is selected; an empty one takes theirs away. */
export function BulkPassword({ count, onClose, onSet }: Props) {
  const t = useTranslations('books');
  const c = useTranslations('common');
  const [password, setPassword] = useState('');
  const [isBusy, setBusy] = useState(false);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setBusy(true);
    void onSet(password);
  };
  return (
    <Modal opened onClose={onClose} title={t('setPasswordOf', { count })} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <PasswordInput
            label={t('password')}
            description={t('passwordHelp')}
            autoComplete="new-password"
            data-autofocus
            visibilityToggleButtonProps={{ 'aria-label': t('reveal'), tabIndex: 0 }}
            value={password}
            onChange={(e) => setPassword(e.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={isBusy}>
              {password === '' ? t('takePassword') : t('setPassword')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
