import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { Confirm } from '../../ui/Confirm';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain } from '../../ui/toast';
import { changeStrategy, type Strategy } from './queries';
import { differences, versionsQuery, type Version } from './rollouts';
import styles from './strategies.module.css';
import { useOptionText } from './useOptionText';

type Props = { strategy: Strategy; isHeld: boolean };

/** What the options were, by whom and why; any of them can be put back. */
export function HistoryList({ strategy, isHeld }: Props) {
  const t = useTranslations('strategies');
  const me = useMe();
  const option = useOptionText();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data, error, refetch } = useQuery(versionsQuery(strategy.guid));
  const [wanted, setWanted] = useState<Version | null>(null);
  const restore = useMutation({
    mutationFn: (version: Version) => changeStrategy(strategy.guid, { config_options: version.config_options, stop_confirmed: true }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['strategy'] }),
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setWanted(null),
  });
  if (error !== null) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (data?.length === 0) return <p className={styles.text}>{t('rollout.noHistory')}</p>;
  return (
    <>
      <ul className={styles.versions}>
        {data?.map((version, index) => {
          const keys = differences(data[index + 1]?.config_options ?? {}, version.config_options);
          const isNow = differences(version.config_options, strategy.config_options).length === 0;
          return (
            <li key={version.guid} className={styles.version}>
              <span className={styles.words}>
                <span className={styles.label}>
                  <TimeText iso={isoOf(version.changed_at)} isAbsolute /> {version.changed_by}
                </span>
                <span className={styles.help}>
                  {keys.length === 0 ? t('rollout.same') : keys.map((key) => option.label(key)).join(', ')}
                  {version.note === '' ? null : ` · ${version.note}`}
                </span>
              </span>
              {isNow || !can(me, 'strategies.edit') ? null : (
                <Button variant="default" disabled={isHeld} title={isHeld ? t('rollout.held') : undefined} onClick={() => setWanted(version)}>
                  {t('rollout.restore')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      <Confirm
        isOpen={wanted !== null}
        title={t('rollout.restore')}
        action={t('rollout.restore')}
        isBusy={restore.isPending}
        onCancel={() => setWanted(null)}
        onConfirm={() => wanted !== null && restore.mutate(wanted)}
      >
        {t('rollout.restoreText', {
          count: wanted === null ? 0 : differences(wanted.config_options, strategy.config_options).length,
        })}
      </Confirm>
    </>
  );
}
