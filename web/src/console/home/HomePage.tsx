import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { clientSetupQuery } from '../../api/clientSetup';
import { can, useMe } from '../../api/me';
import { overviewQuery } from '../../api/overview';
import { Card } from '../../ui/Card';
import { ClientSetupCard } from '../../ui/ClientSetupCard';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { Activity } from './Activity';
import { AttentionLines } from './AttentionLines';
import { DeviceCard } from './DeviceCard';
import { LatestAlarms } from './LatestAlarms';
import { LatestSessions } from './LatestSessions';
import { MyDevices } from './MyDevices';
import { SetupTodo } from './SetupTodo';
import { Tiles } from './Tiles';

/** What needs attention, what is going on, and how a client is set up. */
export function HomePage() {
  const t = useTranslations('home');
  const me = useMe();
  const overview = useQuery(overviewQuery);
  const setup = useQuery(clientSetupQuery);
  const data = overview.data;
  return (
    <Page title={t('title')} suffix={me.server_name}>
      {overview.error === null ? null : <ErrorPanel error={overview.error} onRetry={() => void overview.refetch()} />}
      {data?.attention == null ? null : <AttentionLines items={data.attention} isAdmin={me.is_admin} />}
      {me.setup_step === 0 && me.setup_skipped.length === 0 ? null : <SetupTodo />}
      <Tiles overview={data} isAdmin={me.is_admin} />
      <DeviceCard title={t('favourites')} devices={data?.favourites ?? []} />
      {me.is_admin ? <Activity /> : <MyDevices overview={data} />}
      <DeviceCard title={t('recent')} devices={data?.recent ?? []} />
      <Card title={t('latest')} isFlush>
        <LatestSessions sessions={data?.latest} />
      </Card>
      {me.is_admin || can(me, 'audit.view') ? <LatestAlarms /> : null}
      <Card title={t('client')}>
        {setup.error === null ? null : <ErrorPanel error={setup.error} onRetry={() => void setup.refetch()} />}
        {setup.data === undefined ? null : (
          <ClientSetupCard setup={setup.data} />
        )}
      </Card>
    </Page>
  );
}
