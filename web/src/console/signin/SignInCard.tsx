import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { basePath } from '../../api/base';
import { startQuery } from '../../api/start';
import { CodeStep } from './CodeStep';
import { EnrolmentStep } from './EnrolmentStep';
import { ForgottenStep } from './ForgottenStep';
import { PasswordStep } from './PasswordStep';
import { finishProvider, type Step } from './queries';
import { RecoveryCodes } from '../../ui/RecoveryCodes';
import styles from './SignInCard.module.css';

const RegisterStep = lazy(() => import('./RegisterStep').then((m) => ({ default: m.RegisterStep })));

type Props = { isBack?: boolean; to?: string | undefined; onDone: () => void };

/** All steps of a sign-in in one card. */
export function SignInCard({ isBack = false, to, onDone }: Props) {
  const t = useTranslations('signin');
  const [step, setStep] = useState<Step | null>(null);
  const [forgotten, setForgotten] = useState<string | null>(null);
  const [isRegistering, setRegistering] = useState(false);
  const start = useQuery(startQuery).data;
  const [backError, setBackError] = useState<unknown>(null);

  const go = (next: Step) => {
    // The password was for once: the page of invitations asks for a lasting one.
    if (next.step === 'choice') location.assign(`${basePath}/invite?code=${encodeURIComponent(next.handle ?? '')}`);
    else if (next.step === 'done' && (next.recovery_codes ?? []).length === 0) onDone();
    else setStep(next);
  };

  useEffect(() => {
    if (!isBack) return;
    // The cookie that this needs works once, also when this effect runs twice.
    finishProvider().then(go, setBackError);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when the provider sent the browser back
  }, [isBack]);

  return (
    <section className={styles.card}>
      {forgotten !== null ? (
        <ForgottenStep name={forgotten} onCancel={() => setForgotten(null)} />
      ) : isRegistering && start !== undefined ? (
        <Suspense>
          <RegisterStep start={start} onCancel={() => setRegistering(false)} />
        </Suspense>
      ) : step === null ? (
        <PasswordStep
          backError={backError}
          to={to}
          onStep={go}
          onForgotten={setForgotten}
          onRegister={() => setRegistering(true)}
        />
      ) : step.step === 'enrolment' ? (
        <EnrolmentStep handle={step.handle ?? ''} onStep={go} onCancel={() => setStep(null)} />
      ) : step.step === 'done' ? (
        <>
          <h1 className={styles.title}>{t('codesTitle')}</h1>
          <RecoveryCodes codes={step.recovery_codes ?? []} onKept={onDone} />
        </>
      ) : (
        <CodeStep step={step} onStep={go} onCancel={() => setStep(null)} />
      )}
    </section>
  );
}
