import { Alert, Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { TotpForm } from '../../ui/TotpForm';
import { askEnrolment, enrol, type Step } from './queries';
import styles from './SignInCard.module.css';

type Props = { handle: string; onStep: (step: Step) => void; onCancel: () => void };

/** An administrator demands an authenticator: it is set up before anything else. */
export function EnrolmentStep({ handle, onStep, onCancel }: Props) {
  const t = useTranslations('signin');
  const textOf = useProblemText();
  const offer = useQuery({
    queryKey: ['enrolment', handle],
    queryFn: () => askEnrolment(handle),
    staleTime: Infinity,
    retry: false,
  });
  const confirm = useMutation({
    mutationFn: (code: string) => enrol(handle, offer.data?.offer ?? '', code),
    onSuccess: onStep,
  });
  return (
    <>
      <h1 className={styles.title}>{t('enrolTitle')}</h1>
      <p className={styles.hint}>{t('enrolHint')}</p>
      {offer.error === null ? null : (
        <Alert color="red" variant="light" role="alert">
          {textOf(offer.error)}
        </Alert>
      )}
      {offer.data === undefined ? null : (
        <TotpForm
          question={offer.data}
          error={confirm.error}
          isBusy={confirm.isPending}
          onCode={(code) => confirm.mutate(code)}
        />
      )}
      <Button variant="subtle" color="gray" onClick={onCancel}>
        {t('back')}
      </Button>
    </>
  );
}
