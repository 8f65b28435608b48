import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import styles from './alarms.module.css';
import { AlarmTabs } from './AlarmTabs';
import { QuietRules } from './QuietRules';
import { ServerRules } from './ServerRules';
import { changeWatch, watchQuery, type DeviceWatch, type Watch } from './queries';
import { WatchForm } from './WatchForm';
import { WatchRow } from './WatchRow';

type Change = (now: Watch) => Partial<Watch>;

/** What the server raises alarms about by itself. */
export function RulesPage() {
  const t = useTranslations('alarms');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data, error, refetch } = useQuery(watchQuery);
  const [edited, setEdited] = useState<number | null>(null);
  const isReadOnly = !can(me, 'settings.edit');
  const mayTest = can(me, 'channels.edit');
  // One after the other, each from what the one before left: nothing is switched off meanwhile, so the focus stays.
  const save = useMutation({
    scope: { id: 'settings/watch' },
    mutationFn: (change: Change) => {
      const now = client.getQueryData(watchQuery.queryKey);
      return changeWatch(now === undefined ? {} : change(now));
    },
    onSuccess: (now) => {
      client.setQueryData(watchQuery.queryKey, now);
      setEdited(null);
    },
    onError: (problem) => complain(textOf(problem)),
  });
  const devices = data?.devices ?? [];
  return (
    <Page
      title={t('rulesTitle')}
      suffix={`${t('title')} · ${me.server_name}`}
      lead={t('rulesLead')}
      actions={
        isReadOnly || data === undefined ? null : (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited(-1)}>
            {t('addRule')}
          </Button>
        )
      }
    >
      <AlarmTabs now="rules" />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? null : (
        <>
          <Card title={t('serverRules')}>
            <ServerRules watch={data} isReadOnly={isReadOnly} mayTest={mayTest} onChange={(change) => save.mutate(() => change)} />
          </Card>
          <Card title={t('deviceRules')}>
            {devices.length === 0 ? <p className={styles.text}>{t('noDeviceRules')}</p> : null}
            <ul className={styles.list}>
              {devices.map((rule, index) => (
                <WatchRow
                  key={`${index} ${rule.device_group}`}
                  rule={rule}
                  isReadOnly={isReadOnly}
                  mayTest={mayTest}
                  onChange={(next) => save.mutate((now) => ({ devices: replaced(now.devices, index, rule, next) }))}
                  onEdit={() => setEdited(index)}
                  onRemove={() => save.mutate((now) => ({ devices: replaced(now.devices, index, rule) }))}
                />
              ))}
            </ul>
          </Card>
          <QuietRules isReadOnly={isReadOnly} />
        </>
      )}
      <p className={styles.text}>
        {t('toldWhere')} {can(me, 'channels.view') ? <Link to="/settings/notifications">{t('toChannels')}</Link> : null}
      </p>
      {edited === null || data === undefined ? null : (
        <WatchForm
          rule={devices[edited] ?? null}
          error={save.error}
          isBusy={save.isPending}
          onClose={() => setEdited(null)}
          onSave={(rule) => {
            const before = devices[edited];
            save.mutate((now) => ({
              devices: before === undefined ? [...now.devices, rule] : replaced(now.devices, edited, before, rule),
            }));
          }}
        />
      )}
    </Page>
  );
}

/** The rules with one of them changed, or without it, wherever it stands by now. */
function replaced(rules: readonly DeviceWatch[], index: number, before: DeviceWatch, after?: DeviceWatch): DeviceWatch[] {
  const isIt = (rule: DeviceWatch | undefined) => rule?.device_group === before.device_group;
  const at = isIt(rules[index]) ? index : rules.findIndex(isIt);
  return rules.flatMap((rule, i) => (i !== at ? [rule] : after === undefined ? [] : [after]));
}
