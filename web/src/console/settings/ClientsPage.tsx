import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { clientSetupQuery, isTrap } from '../../api/clientSetup';
import { Card } from '../../ui/Card';
import { ClientSetupCard } from '../../ui/ClientSetupCard';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { CertificateCard } from './CertificateCard';
import { KeyCard } from './KeyCard';
import { PortTest } from '../../entities/PortTest';
import { Reach } from './Reach';
import { SettingForm } from './SettingForm';
import styles from './settings.module.css';
import { SettingsPage } from './SettingsPage';
import type { Spec } from './specs';

const address: readonly Spec[] = [
  { key: 'public_host', kind: 'text' },
  { key: 'api_url', kind: 'text' },
  { key: 'trusted_proxies', kind: 'list' },
];

/** What clients call this server, and how they are told. */
export function ClientsPage() {
  const t = useTranslations('settings');
  const setup = useTranslations('setup');
  const { data, error, refetch } = useQuery(clientSetupQuery);
  return (
    <SettingsPage page="clients">
      <Card title={t('cards.configuration')}>
        {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
        {data?.is_guessed === true ? <p className={styles.text}>{t('guessed')}</p> : null}
        {data === undefined ? null : (
          <ClientSetupCard setup={data} />
        )}
      </Card>
      <SettingForm
        name="console"
        title={t('cards.address')}
        specs={address}
        beside={(draft) => (isTrap(String(draft.api_url)) || isTrap(String(draft.public_host)) ? <Alert color="yellow">{setup('address.trap')}</Alert> : null)}
      />
      <Card title={t('cards.reach')}>
        <p className={styles.text}>{t('reachText')}</p>
        <Reach />
        <PortTest />
      </Card>
      <CertificateCard />
      <KeyCard />
    </SettingsPage>
  );
}
