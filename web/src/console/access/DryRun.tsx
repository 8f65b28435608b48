import { Alert, Loader } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowsLeftRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import styles from './access.module.css';
import { PairList } from './PairList';
import { dryRunQuery, type Change } from './queries';

/** Which pairs of a person and a device gain and lose by a change, before it is made. */
export function DryRun({ change }: { change: Change | null }) {
  const t = useTranslations('access');
  const textOf = useProblemText();
  const [asked] = useDebouncedValue(change, 400);
  const { data, error, isFetching } = useQuery(dryRunQuery(asked));
  if (change === null) return null;
  const isKnown = data !== undefined && error === null;
  return (
    <Alert variant="light" color="blue" icon={<IconArrowsLeftRight size={20} aria-hidden />} title={t('effect')} role="status">
      {error === null ? null : textOf(error)}
      {data === undefined && error === null ? <Loader size="xs" aria-label={t('counting')} /> : null}
      {isKnown ? (
        <div className={styles.effect} aria-busy={isFetching}>
          <strong>{t('gainLose', { gained: data.gained, lost: data.lost })}</strong>
          {data.anybody_gains + data.anybody_loses === 0 ? null : (
            <span>{t('anybody', { gained: data.anybody_gains, lost: data.anybody_loses })}</span>
          )}
          <PairList key={`gains ${JSON.stringify(asked)}`} change={asked} side="gains" total={data.gained} />
          <PairList key={`losses ${JSON.stringify(asked)}`} change={asked} side="losses" total={data.lost} />
        </div>
      ) : null}
    </Alert>
  );
}
