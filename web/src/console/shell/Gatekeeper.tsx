import { Alert, Button, Group, Modal, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type SyntheticEvent, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { call, gates } from '../../api/client';
import { readMe, type Me } from '../../api/me';
import { useProblemText } from '../../ui/problemText';
import { SignInCard } from '../signin/SignInCard';

type Ask = 'sign-in' | 'step-up';

/**
 * Where a call waits when the server asks who is there: a dialog over the page, so that nothing that was typed is lost.
 */
export function Gatekeeper({ children }: { children: ReactNode }) {
  const t = useTranslations('shell');
  const client = useQueryClient();
  const [ask, setAsk] = useState<Ask | null>(null);
  const waiting = useRef<{ ask: Ask; answer: Promise<boolean>; resolve: (isDone: boolean) => void } | null>(null);

  useEffect(() => {
    const wait = (which: Ask) => () => {
      // Many calls at once wait for one dialog.
      if (waiting.current !== null) return waiting.current.answer;
      let resolve: (isDone: boolean) => void = () => undefined;
      const answer = new Promise<boolean>((done) => {
        resolve = done;
      });
      waiting.current = { ask: which, answer, resolve };
      setAsk(which);
      return answer;
    };
    gates.signIn = () => {
      const isPageOfItsOwn = /\/(sign-in|setup)$/.test(location.pathname);
      return client.getQueryData(['me']) === undefined || isPageOfItsOwn ? Promise.resolve(false) : wait('sign-in')();
    };
    gates.stepUp = wait('step-up');
  }, [client]);

  const finish = (isDone: boolean) => {
    const now = waiting.current;
    waiting.current = null;
    setAsk(null);
    now?.resolve(isDone);
  };
  const signedIn = async () => {
    const before = client.getQueryData<Me>(['me']);
    const me = await readMe();
    // What one person had on the screen is not for another.
    if (before !== undefined && before.guid !== me.guid) location.reload();
    else {
      client.setQueryData(['me'], me);
      finish(true);
    }
  };

  return (
    <>
      {children}
      <Modal zIndex={400} opened={ask === 'sign-in'} onClose={() => finish(false)} withCloseButton={false} title={t('signedOut')} closeOnClickOutside={false}>
        <SignInCard onDone={() => void signedIn()} />
      </Modal>
      <Modal zIndex={400} opened={ask === 'step-up'} onClose={() => finish(false)} title={t('stepUp')} closeButtonProps={{ 'aria-label': t('close') }}>
        <StepUpForm onCancel={() => finish(false)} onDone={() => void signedIn()} />
      </Modal>
    </>
  );
}

function StepUpForm({ onCancel, onDone }: { onCancel: () => void; onDone: () => void }) {
  const t = useTranslations('shell');
  const textOf = useProblemText();
  const client = useQueryClient();
  const hasPassword = client.getQueryData<Me>(['me'])?.has_password ?? true;
  const [secret, setSecret] = useState('');
  const prove = useMutation({
    mutationFn: () =>
      call('POST', '/api/console/step-up', { body: hasPassword ? { password: secret } : { code: secret } }),
    onSuccess: onDone,
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    prove.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <div>{t('stepUpText')}</div>
        {prove.error === null ? null : (
          <Alert color="red" variant="light" role="alert">
            {textOf(prove.error)}
          </Alert>
        )}
        {hasPassword ? (
          <PasswordInput
            label={t('password')}
            autoComplete="current-password"
            data-autofocus
            visibilityToggleButtonProps={{ 'aria-label': t('reveal'), tabIndex: 0 }}
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        ) : (
          <TextInput
            label={t('code')}
            inputMode="numeric"
            autoComplete="one-time-code"
            data-autofocus
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={prove.isPending} disabled={secret === ''}>
            {t('confirm')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
