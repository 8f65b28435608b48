import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../../entities/NamePicker';
import { Card } from '../../ui/Card';
import styles from './access.module.css';
import { DryRun } from './DryRun';

/** What a person would gain and lose in another group; nothing is changed. */
export function WhatIf({ user }: { user: string }) {
  const t = useTranslations('access');
  const [group, setGroup] = useState('');
  const change = useMemo(() => (group === '' ? null : { members: [{ user, user_group: group }] }), [user, group]);
  return (
    <Card title={t('whatIf')}>
      <div className={styles.form}>
        <NamePicker kind="user-groups" label={t('whatIfGroup', { user })} value={group} onChange={setGroup} />
      </div>
      <DryRun change={change} />
    </Card>
  );
}
