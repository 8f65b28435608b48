import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { TimeText } from '../../ui/TimeText';
import { DiffTable } from './DiffTable';
import type { Strategy } from './queries';
import { ReviewChanges } from './ReviewChanges';
import { differences, openOf, rolloutsQuery, versionsQuery, type Version } from './rollouts';
import styles from './strategies.module.css';

/** What the options were, what each change did, by whom and why; any version can be put back. */
export function HistoryList({ strategy }: { strategy: Strategy }) {
  const t = useTranslations('strategies');
  const me = useMe();
  const { data, error, refetch } = useQuery(versionsQuery(strategy.guid));
  const { data: rollouts } = useQuery(rolloutsQuery(strategy.guid));
  const [wanted, setWanted] = useState<Version | null>(null);
  const isHeld = openOf(rollouts) !== undefined;
  if (error !== null) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (data?.length === 0) return <Empty title={t('rollout.noHistory')} />;
  const changed = wanted === null ? [] : differences(strategy.config_options, wanted.config_options);
  return (
    <>
      <p className={styles.text}>{t('historyLead')}</p>
      {data?.map((version, index) => {
        const before = data[index + 1]?.config_options ?? {};
        const keys = differences(before, version.config_options);
        const isNow = differences(version.config_options, strategy.config_options).length === 0;
        const number = data.length - index;
        return (
          <Card
            key={version.guid}
            title={t('version', { number })}
            actions={
              isNow ? (
                <span className={styles.text}>{t('versionNow')}</span>
              ) : can(me, 'strategies.edit') ? (
                <Button
                  variant="default"
                  aria-label={t('restoreOf', { number })}
                  disabled={isHeld}
                  title={isHeld ? t('rollout.held') : undefined}
                  onClick={() => setWanted(version)}
                >
                  {t('rollout.restore')}
                </Button>
              ) : undefined
            }
          >
            <p className={styles.text}>
              <TimeText iso={isoOf(version.changed_at)} isAbsolute /> · {version.changed_by === '' ? t('byServer') : version.changed_by}
              {version.note === '' ? null : ` · ${version.note}`}
            </p>
            {keys.length === 0 ? (
              <p className={styles.text}>{t('rollout.same')}</p>
            ) : (
              <DiffTable keys={keys} before={before} after={version.config_options} />
            )}
          </Card>
        );
      })}
      {wanted === null ? null : (
        <ReviewChanges
          strategy={strategy}
          base={{ values: strategy.config_options, version: strategy.version }}
          draft={wanted.config_options}
          changed={changed}
          onClose={() => setWanted(null)}
        />
      )}
    </>
  );
}
