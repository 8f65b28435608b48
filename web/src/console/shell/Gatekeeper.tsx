import { Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { gates } from '../../api/client';
import { readMe, type Me } from '../../api/me';

type Ask = 'sign-in' | 'step-up';

// Fetched when somebody is asked: most are not.
const forms = {
  'sign-in': () => import('../signin/SignInCard').then((m) => ({ default: m.SignInCard })),
  'step-up': () => import('./StepUpForm').then((m) => ({ default: m.StepUpForm })),
};
const SignInCard = lazy(forms['sign-in']);
const StepUpForm = lazy(forms['step-up']);

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
      // The dialog looks for its first field when it opens.
      void forms[which]().finally(() => setAsk(which));
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
        <Suspense>
          <SignInCard onDone={() => void signedIn()} />
        </Suspense>
      </Modal>
      <Modal zIndex={400} opened={ask === 'step-up'} onClose={() => finish(false)} title={t('stepUp')} closeButtonProps={{ 'aria-label': t('close') }}>
        <Suspense>
          <StepUpForm onCancel={() => finish(false)} onDone={() => void signedIn()} />
        </Suspense>
      </Modal>
    </>
  );
}
