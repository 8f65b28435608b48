import { Alert, Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { addressQuery } from '../../api/address';
import { isTrap } from '../../api/clientSetup';
import { PortTest } from '../../entities/PortTest';
import { useFieldErrors, useProblemText } from '../../ui/problemText';
import { CertificateChoice } from './CertificateChoice';
import { PortChecks } from './PortChecks';
import { ProxyFields } from './ProxyFields';
import { saveStep, type SetupState } from './queries';
import styles from './SetupPage.module.css';
import { useStep } from './useStep';

type Props = { state: SetupState; onDone: (next: number) => void };

/** What clients and browsers call this server, and by which way they come. */
export function AddressStep({ state, onDone }: Props) {
  const t = useTranslations('setup');
  const textOf = useProblemText();
  const fieldsOf = useFieldErrors();
  const { save, skip } = useStep('address', onDone);
  const { data: way } = useQuery(addressQuery);
  const [draft, setDraft] = useState({
    server_name: state.address.server_name,
    public_host: state.address.public_host || location.hostname,
    console_url: state.address.console_url || location.origin,
    api_url: state.address.api_url,
  });
  const [proxies, setProxies] = useState<string[] | null>(state.address.trusted_proxies.length > 0 ? state.address.trusted_proxies : null);
  const errors = fieldsOf(save.error);
  const body = () => ({ ...draft, trusted_proxies: proxies ?? [] });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate(body());
  };
  const field = (key: keyof typeof draft) => ({
    value: draft[key],
    error: errors[key],
    onChange: (e: { currentTarget: { value: string } }) => setDraft({ ...draft, [key]: e.currentTarget.value }),
  });
  return (
    <form className={styles.form} onSubmit={submit}>
      <h1 className={styles.title}>{t('address.title')}</h1>
      <p className={styles.text}>{t('address.text')}</p>
      {save.error !== null && Object.keys(errors).length === 0 ? (
        <Alert color="red" variant="light" role="alert">
          {textOf(save.error)}
        </Alert>
      ) : null}
      <TextInput label={t('address.name')} maxLength={60} {...field('server_name')} />
      <TextInput
        label={t('address.host')}
        description={t('address.hostHelp', { suggested: state.address.suggested })}
        {...field('public_host')}
      />
      <TextInput label={t('address.console')} description={t('address.consoleHelp')} {...field('console_url')} />
      <TextInput label={t('address.api')} description={t('address.apiHelp')} {...field('api_url')} />
      {isTrap(draft.api_url) || isTrap(draft.public_host) ? <Alert color="yellow">{t('address.trap')}</Alert> : null}
      <ProxyFields way={way?.arrival ?? null} proxies={proxies} error={errors.trusted_proxies} onChange={setProxies} />
      <CertificateChoice certificate={way?.certificate ?? null} isSecure={way?.arrival?.secure} host={draft.public_host} />
      <section className={styles.part}>
        <h2 className={styles.heading}>{t('checks.title')}</h2>
        <PortChecks />
        <PortTest before={{ store: () => saveStep('address', body()), word: t('checks.store') }} />
      </section>
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
