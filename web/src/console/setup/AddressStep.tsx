import { Alert, Button, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useFieldErrors, useProblemText } from '../../ui/problemText';
import { PortChecks } from './PortChecks';
import type { SetupState } from './queries';
import styles from './SetupPage.module.css';
import { useStep } from './useStep';

type Props = { state: SetupState; onDone: (next: number) => void };

/** What clients and browsers call this server. */
export function AddressStep({ state, onDone }: Props) {
  const t = useTranslations('setup');
  const textOf = useProblemText();
  const fieldsOf = useFieldErrors();
  const { save, skip } = useStep(2, 'address', onDone);
  const [name, setName] = useState(state.address.server_name);
  const [host, setHost] = useState(state.address.public_host || location.hostname);
  const [api, setApi] = useState(state.address.api_url);
  const [url, setUrl] = useState(state.address.console_url || location.origin);
  const errors = fieldsOf(save.error);
  const isTrapped = /rustdesk\.com|heartbeat/i.test(api);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate({ server_name: name, public_host: host, api_url: api, console_url: url });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <h1 className={styles.title}>{t('address.title')}</h1>
      <p className={styles.text}>{t('address.text')}</p>
      {save.error !== null && Object.keys(errors).length === 0 ? (
        <Alert color="red" variant="light" role="alert">
          {textOf(save.error)}
        </Alert>
      ) : null}
      <TextInput label={t('address.name')} maxLength={60} value={name} onChange={(e) => setName(e.currentTarget.value)} />
      <TextInput
        label={t('address.host')}
        description={t('address.hostHelp', { suggested: state.address.suggested })}
        error={errors.public_host}
        value={host}
        onChange={(e) => setHost(e.currentTarget.value)}
      />
      <TextInput
        label={t('address.console')}
        description={t('address.consoleHelp')}
        error={errors.console_url}
        value={url}
        onChange={(e) => setUrl(e.currentTarget.value)}
      />
      <TextInput
        label={t('address.api')}
        description={t('address.apiHelp')}
        error={errors.api_url}
        value={api}
        onChange={(e) => setApi(e.currentTarget.value)}
      />
      {isTrapped ? <Alert color="yellow">{t('address.trap')}</Alert> : null}
      <PortChecks />
      <div className={styles.buttons}>
        <Button type="submit" loading={save.isPending}>
          {t('next')}
        </Button>
        <Button variant="subtle" loading={skip.isPending} onClick={() => skip.mutate()}>
          {t('skip')}
        </Button>
      </div>
    </form>
  );
}
