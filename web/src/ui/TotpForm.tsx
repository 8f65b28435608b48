import { Alert, Button, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { CopyValue } from './CopyValue';
import { useProblemText } from './problemText';
import { QrCode } from './QrCode';
import styles from './TotpForm.module.css';

type Props = {
  question: { secret: string; uri: string };
  error: unknown;
  isBusy: boolean;
  onCode: (code: string) => void;
};

/** Shows a new authenticator's secret and asks for its first code. */
export function TotpForm({ question, error, isBusy, onCode }: Props) {
  const t = useTranslations('factors');
  const textOf = useProblemText();
  const [code, setCode] = useState('');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onCode(code);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <p className={styles.text}>{t('scan')}</p>
      <QrCode text={question.uri} label={t('qr')} />
      <CopyValue value={question.secret} label={t('secret')} isBlock />
      {error === null || error === undefined ? null : (
        <Alert color="red" variant="light" role="alert">
          {textOf(error)}
        </Alert>
      )}
      <TextInput
        label={t('firstCode')}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={6}
        required
        withAsterisk={false}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value.replaceAll(/\D/g, ''))}
      />
      <Button type="submit" loading={isBusy} disabled={code.length !== 6}>
        {t('turnOn')}
      </Button>
    </form>
  );
}
