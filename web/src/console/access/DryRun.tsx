import { Alert, Loader } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowsLeftRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { groupedId } from '../../ui/groupedId';
import { useProblemText } from '../../ui/problemText';
import styles from './access.module.css';
import { dryRunQuery, type Change } from './queries';

const examples = 5;

/** How many pairs of a person and a device gain and lose by a change, before it is made. */
export function DryRun({ change }: { change: Change | null }) {
  const t = useTranslations('access');
  const textOf = useProblemText();
  const [asked] = useDebouncedValue(change, 400);
  const { data, error, isFetching } = useQuery(dryRunQuery(asked));
  if (change === null) return null;
  const line = (pairs: { user: string; device: string }[]) =>
    pairs.slice(0, examples).map((p) => (
      <li key={`${p.user} ${p.device}`}>
        {t('pair', { user: p.user, device: groupedId(p.device) })}
      </li>
    ));
  return (
    <Alert variant="light" color="blue" icon={<IconArrowsLeftRight size={20} aria-hidden />} title={t('effect')} role="status">
      {error === null ? null : textOf(error)}
      {data === undefined && error === null ? <Loader size="xs" aria-label={t('counting')} /> : null}
      {data === undefined || error !== null ? null : (
        <div className={styles.effect} aria-busy={isFetching}>
          <strong>{t('gainLose', { gained: data.gained, lost: data.lost })}</strong>
          {data.gains.length === 0 ? null : (
            <div>
              {t('gains')}
              <ul>{line(data.gains)}</ul>
            </div>
          )}
          {data.losses.length === 0 ? null : (
            <div>
              {t('losses')}
              <ul>{line(data.losses)}</ul>
            </div>
          )}
        </div>
      )}
    </Alert>
  );
}
