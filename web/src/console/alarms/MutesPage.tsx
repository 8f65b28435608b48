import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain } from '../../ui/toast';
import styles from './alarms.module.css';
import { AlarmTabs } from './AlarmTabs';
import { BlockedSources } from './BlockedSources';
import { mutesQuery, unmute, type Mute } from './queries';
import { useAlarmName } from '../../entities/useAlarmName';

/** What is kept and not told, by whom and how long. */
export function MutesPage() {
  const t = useTranslations('alarms');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const nameOf = useAlarmName();
  const { data, error, refetch } = useQuery(mutesQuery);
  const back = useMutation({
    mutationFn: (mute: Mute) => unmute(mute.guid),
    onSuccess: () => client.invalidateQueries({ queryKey: ['alarms'] }),
    onError: (problem) => complain(textOf(problem)),
  });
  const whatOf = (mute: Mute) => [groupedId(mute.device), mute.source].filter((part) => part !== '').join(' · ');
  return (
    <Page title={t('mutedTitle')} suffix={`${t('title')} · ${me.server_name}`} lead={t('mutedLead')}>
      <AlarmTabs now="muted" />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 ? <Empty title={t('noneMuted')} text={t('noneMutedText')} /> : null}
      {data === undefined || data.length === 0 ? null : (
        <Card title={t('tabs.muted')}>
          <ul className={styles.list}>
            {data.map((mute) => (
              <li key={mute.guid} className={styles.item}>
                <span className={styles.grow}>
                  <span className={styles.name}>{nameOf(mute.typ)}</span>
                  <span className={styles.sub}>{whatOf(mute)}</span>
                  <span className={styles.sub}>
                    {t('mutedBy', { name: mute.created_by })}{' '}
                    {mute.until === null ? t('untilBack') : <TimeText iso={isoOf(mute.until)} isAbsolute />}
                  </span>
                </span>
                <Button
                  variant="default"
                  aria-label={t('unmuteOf', { name: `${nameOf(mute.typ)} ${whatOf(mute)}` })}
                  loading={back.isPending && back.variables.guid === mute.guid}
                  onClick={() => back.mutate(mute)}
                >
                  {t('unmute')}
                </Button>
              </li>
            ))}
          </ul>
        </Card>
      )}
      <BlockedSources />
    </Page>
  );
}
