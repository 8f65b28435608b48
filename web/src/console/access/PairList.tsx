import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { groupedId } from '../../ui/groupedId';
import { dryRunQuery, pairsShown, type Change } from './queries';

type Props = { change: Change | null; side: 'gains' | 'losses'; total: number };

/** The pairs that gain, or those that lose, some at a time. */
export function PairList({ change, side, total }: Props) {
  const t = useTranslations('access');
  const [page, setPage] = useState(1);
  const { data } = useQuery(dryRunQuery(change, page));
  if (total === 0) return null;
  const pairs = data?.[side] ?? [];
  const [first, last] = [(page - 1) * pairsShown + 1, Math.min(page * pairsShown, total)];
  return (
    <div>
      {t(side)}
      <ul>
        {pairs.map((p) => (
          <li key={`${p.user} ${p.device}`}>{t('pair', { user: p.user, device: groupedId(p.device) })}</li>
        ))}
      </ul>
      {total <= pairsShown ? null : (
        <Group gap="xs" mt="xs">
          <span>{t('pairRange', { first, last, total })}</span>
          <Button size="compact-sm" variant="default" disabled={page === 1} onClick={() => setPage(page - 1)}>
            {t(side === 'gains' ? 'fewerGains' : 'fewerLosses')}
          </Button>
          <Button size="compact-sm" variant="default" disabled={last >= total} onClick={() => setPage(page + 1)}>
            {t(side === 'gains' ? 'moreGains' : 'moreLosses')}
          </Button>
        </Group>
      )}
    </div>
  );
}
