import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { FormError } from '../../ui/FormError';
import { removeTotp } from './queries';

/** Takes the authenticator away, against a code of it: whoever has only the desk has not the phone. */
export function TurnOff({ needsCode, onClose }: { needsCode: boolean; onClose: () => void }) {
  const t = useTranslations('me');
  const c = useTranslations('common');
  const client = useQueryClient();
  const [code, setCode] = useState('');
  const remove = useMutation({
    mutationFn: () => removeTotp(code.trim()),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['me'] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    remove.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={t('turnOffTitle')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <div>{t('turnOffText')}</div>
          <FormError error={remove.error} />
          {needsCode ? (
            <TextInput
              label={t('turnOffCode')}
              autoComplete="one-time-code"
              maxLength={40}
              data-autofocus
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
          ) : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" color="red" loading={remove.isPending} disabled={needsCode && code.trim().length < 6}>
              {t('turnOff')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
