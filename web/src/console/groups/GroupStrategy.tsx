import { Button, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card, Facts } from '../../ui/Card';
import { FormError } from '../../ui/FormError';
import { say } from '../../ui/toast';
import styles from './groups.module.css';
import { giveStrategy, strategiesQuery, strategyDifferenceQuery, type Group } from './queries';

const none = '';

/** Which strategy a device group gives, whose place among the groups decides; changing it says first what that does. */
export function GroupStrategy({ group }: { group: Group }) {
  const t = useTranslations('groups');
  const me = useMe();
  const client = useQueryClient();
  const now = group.strategy_name ?? none;
  const [wish, setWish] = useState(now);
  const mayEdit = can(me, 'device_groups.edit') && can(me, 'strategies.view');
  const { data: strategies = [] } = useQuery({ ...strategiesQuery, enabled: can(me, 'strategies.view') });
  const guidOf = (name: string) => strategies.find((one) => one.name === name)?.guid;
  const isChanged = wish !== now;
  // Taking away is asked of the strategy that is given.
  const asked = guidOf(isChanged && wish === none ? now : wish);
  const preview = useQuery({
    ...strategyDifferenceQuery(asked ?? '', group.guid, wish === none),
    enabled: isChanged && asked !== undefined,
  });
  const save = useMutation({
    mutationFn: () => giveStrategy(guidOf(wish) ?? null, group.guid),
    onSuccess: async () => {
      await client.invalidateQueries();
      say(t('strategySaved', { name: group.name }));
    },
  });
  const given = guidOf(now);
  return (
    <Card title={t('strategy')}>
      <Facts
        items={[
          [t('strategy'), now === none ? t('noStrategy') : given === undefined ? now : <Link key="s" to={`/strategies/${given}`}>{now}</Link>],
          [t('rank'), String(group.rank ?? 0)],
        ]}
      />
      <p>{t('rankHelp')}</p>
      {mayEdit ? (
        <div className={styles.form}>
          <FormError error={save.error ?? preview.error} />
          <Select
            label={t('giveStrategy')}
            data={[{ value: none, label: t('noStrategy') }, ...strategies.map((one) => one.name)]}
            value={wish}
            allowDeselect={false}
            searchable
            onChange={(name) => setWish(name ?? none)}
          />
          <div role="status">
            {isChanged && preview.data !== undefined ? t('strategyDifference', { gained: preview.data.gained, lost: preview.data.lost }) : null}
          </div>
          <div>
            <Button disabled={!isChanged} loading={save.isPending} onClick={() => save.mutate()}>{t('saveStrategy')}</Button>
          </div>
        </div>
      ) : null}
    </Card>
  );
}
