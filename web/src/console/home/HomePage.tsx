import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { clientSetupQuery, installerName } from '../../api/clientSetup';
import { useMe } from '../../api/me';
import { overviewQuery } from '../../api/overview';
import { Card } from '../../ui/Card';
import { ClientSetupCard } from '../../ui/ClientSetupCard';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { AttentionLines } from './AttentionLines';
import styles from './HomePage.module.css';
import { MyDevices } from './MyDevices';
import { LatestSessions } from './LatestSessions';

/** What needs attention, what is going on, and how a client is set up. */
export function HomePage() {
  const t = useTranslations('home');
  const me = useMe();
  const overview = useQuery(overviewQuery);
  const setup = useQuery(clientSetupQuery);
  const data = overview.data;
  const tiles = [
    [t('online'), data === undefined ? undefined : t('of', { online: data.online, total: data.devices })],
    [t('live'), data === undefined ? undefined : String(data.live_sessions)],
    ...(me.is_admin ? [[t('users'), data === undefined ? undefined : String(data.users ?? 0)] as const] : []),
  ] as const;
  return (
    <Page title={t('title')} suffix={me.server_name}>
      {overview.error === null ? null : <ErrorPanel error={overview.error} onRetry={() => void overview.refetch()} />}
      {me.is_admin && data !== undefined ? (
        <AttentionLines items={data.attention} />
      ) : null}
      {me.setup_step === 0 && me.setup_skipped.length === 0 ? null : <SetupTodo />}
      <div className={styles.tiles}>
        {tiles.map(([name, value]) => (
          <div key={name} className={styles.tile}>
            <div className={styles.name}>{name}</div>
            {value === undefined ? <Skeleton height={32} width={64} /> : <div className={styles.number}>{value}</div>}
          </div>
        ))}
      </div>
      {me.is_admin ? null : <MyDevices />}
      <Card title={t('latest')} isFlush>
        <LatestSessions sessions={data?.latest} />
      </Card>
      <Card title={t('client')}>
        {setup.error === null ? null : <ErrorPanel error={setup.error} onRetry={() => void setup.refetch()} />}
        {setup.data === undefined ? null : (
          <ClientSetupCard
            host={setup.data.host}
            publicKey={setup.data.key}
            configuration={setup.data.configuration}
            installer={installerName(setup.data)}
          />
        )}
      </Card>
    </Page>
  );
}

function SetupTodo() {
  const t = useTranslations('home');
  const setup = useTranslations('setup');
  const me = useMe();
  const names = ['you', 'address', 'access', 'mail', 'device'] as const;
  return (
    <Card title={t('todo')}>
      {me.setup_step === 0 ? null : <Link to="/setup">{t('goOn')}</Link>}
      {me.setup_skipped.length === 0 ? null : (
        <ul className={styles.todo}>
          {me.setup_skipped.map((step) => {
            const name = names[step - 1];
            return name === undefined ? null : <li key={step}>{setup(`steps.${name}`)}</li>;
          })}
        </ul>
      )}
    </Card>
  );
}
