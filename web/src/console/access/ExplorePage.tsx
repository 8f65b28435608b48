import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { DevicePicker } from '../../entities/DevicePicker';
import { NamePicker } from '../../entities/NamePicker';
import { Card } from '../../ui/Card';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import styles from './access.module.css';
import { AccessTabs } from './AccessTabs';
import { Hints } from './Hints';
import { explainQuery } from './queries';
import { Reach } from './Reach';
import { Verdict } from './Verdict';
import { WhatIf } from './WhatIf';

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** "Can Alice reach PC-17, and why?"; with one end only, everything that it reaches or that reaches it. */
export function ExplorePage() {
  const t = useTranslations('access');
  const me = useMe();
  const navigate = useNavigate();
  const search: Record<string, unknown> = useSearch({ strict: false });
  const [user, device, at] = [text(search.user), text(search.device), text(search.at)];
  const address = text(search.address);
  // The address is the state, in this browser's time; the server takes UTC.
  const moment = at === '' || Number.isNaN(Date.parse(at)) ? '' : new Date(at).toISOString();
  const go = (change: Record<string, string>) => {
    const next = Object.entries({ ...search, ...change }).filter(([key, value]) => key !== 'page' && value !== '');
    void navigate({ to: '.', search: Object.fromEntries(next) });
  };
  const explained = useQuery(explainQuery(user, device, moment, address));
  return (
    <Page title={t('exploreTitle')} suffix={me.server_name} lead={t('exploreLead')}>
      <AccessTabs now="explore" />
      <Card>
        <div className={styles.form}>
          <NamePicker kind="users" label={t('person')} value={user} onChange={(name) => go({ user: name, whatif: '' })} />
          <DevicePicker label={t('device')} value={device} onChange={(id) => go({ device: id, whatif: '' })} />
          <TextInput
            type="datetime-local"
            label={t('at')}
            value={at}
            onChange={(e) => go({ at: e.currentTarget.value })}
          />
          <TextInput
            key={address}
            label={t('address')}
            defaultValue={address}
            maxLength={45}
            onBlur={(e) => go({ address: e.currentTarget.value.trim() })}
            onKeyDown={(e) => (e.key === 'Enter' ? go({ address: e.currentTarget.value.trim() }) : undefined)}
          />
        </div>
      </Card>
      {explained.error === null ? null : (
        <ErrorPanel error={explained.error} onRetry={() => void explained.refetch()} />
      )}
      {device !== '' && explained.data !== undefined ? <Verdict found={explained.data} /> : null}
      {device === '' ? null : <Hints device={device} />}
      {user === '' && device === '' ? <Empty title={t('exploreEmpty')} text={t('exploreEmptyText')} /> : null}
      {user !== '' && device === '' ? <Reach user={user} at={moment} /> : null}
      {user === '' && device !== '' ? <Reach device={device} at={moment} /> : null}
      {user === '' && device === '' ? null : (
        <WhatIf key={`${user} ${device}`} user={user} device={device} text={text(search.whatif)} onText={(whatif) => go({ whatif })} />
      )}
    </Page>
  );
}
