import { Alert, Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { call } from '../../api/client';
import type { Me } from '../../api/me';
import { useProblemText } from '../../ui/problemText';
import { proveByPasskey } from './proveByPasskey';

type Props = { onCancel: () => void; onDone: () => void };

/** Who is there proves it once more: by passkey, or with a password; who has none, with a code of the authenticator. */
export function StepUpForm({ onCancel, onDone }: Props) {
  const t = useTranslations('shell');
  const textOf = useProblemText();
  const client = useQueryClient();
  const me = client.getQueryData<Me>(['me']);
  const hasPassword = me?.has_password ?? true;
  const hasPasskey =
    me !== undefined && me.passkeys > 0 && me.factors.includes('passkey') && window.isSecureContext && 'PublicKeyCredential' in window;
  const canType = hasPassword || (me?.has_authenticator === true && me.factors.includes('authenticator'));
  const [secret, setSecret] = useState('');
  const prove = useMutation({
    mutationFn: () =>
      call('POST', '/api/console/step-up', { body: hasPassword ? { password: secret } : { code: secret } }),
    onSuccess: onDone,
  });
  const passkey = useMutation({ mutationFn: proveByPasskey, onSuccess: onDone });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    prove.mutate();
  };
  // Somebody who closes the browser's own dialog knows that.
  const error = prove.error ?? (passkey.error instanceof DOMException ? null : passkey.error);
  const typed = { 'data-autofocus': true, value: secret };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <div>{t(canType || hasPasskey ? 'stepUpText' : 'stepUpNothing')}</div>
        {error === null ? null : (
          <Alert color="red" variant="light" role="alert">
            {textOf(error)}
          </Alert>
        )}
        {!canType ? null : hasPassword ? (
          <PasswordInput
            {...typed}
            label={t('password')}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ 'aria-label': t('reveal'), tabIndex: 0 }}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        ) : (
          <TextInput
            {...typed}
            label={t('code')}
            inputMode="numeric"
            autoComplete="one-time-code"
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
          {hasPasskey ? (
            <Button variant={canType ? 'default' : 'filled'} loading={passkey.isPending} onClick={() => passkey.mutate()}>
              {t('stepUpPasskey')}
            </Button>
          ) : null}
          {canType ? (
            <Button type="submit" loading={prove.isPending} disabled={secret === ''}>
              {t('confirm')}
            </Button>
          ) : null}
        </Group>
      </Stack>
    </form>
  );
}
