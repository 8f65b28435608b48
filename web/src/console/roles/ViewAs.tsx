import { Alert, Select, Skeleton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { navGroups, navOf, usePages } from '../../ui/pageRoute';
import { useProblemText } from '../../ui/problemText';
import { previewOf, type AdminDraft, type RoleCounts } from './adminQueries';
import styles from './roles.module.css';

/** What a holder of the role would see, as it stands in the form. */
export function ViewAs({ draft }: { draft: AdminDraft }) {
  const t = useTranslations('adminRoles');
  const textOf = useProblemText();
  const [person, setPerson] = useState('');
  // Who is taken out of the form is nobody to look as.
  const as = draft.users.includes(person) ? person : '';
  const [asked] = useDebouncedValue(JSON.stringify([draft, as]), 300);
  const { data, error } = useQuery({
    queryKey: ['admin-roles', 'preview', asked],
    queryFn: ({ signal }) => previewOf(draft, as, signal),
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (
    <Card title={t('viewAs')}>
      <p className={styles.hint}>{t('viewAsText')}</p>
      <Select
        label={t('viewAsWhom')}
        data={[{ value: '', label: t('somebodyNew') }, ...draft.users.map((name) => ({ value: name, label: name }))]}
        allowDeselect={false}
        value={as}
        onChange={(value) => setPerson(value ?? '')}
      />
      {error === null ? null : (
        <Alert color="red" variant="light" role="alert">
          {textOf(error)}
        </Alert>
      )}
      {data === undefined ? error === null ? <Skeleton height={200} /> : null : <Sidebar rights={data.rights} counts={data.counts} />}
    </Card>
  );
}

// Which count is whose page's.
const members: Readonly<Record<string, keyof RoleCounts>> = {
  devices: 'devices',
  sessions: 'sessions',
  users: 'users',
  userGroups: 'user_groups',
  deviceGroups: 'device_groups',
  recordings: 'recordings',
  alarms: 'alarms',
};

function Sidebar({ rights, counts }: { rights: readonly string[]; counts: RoleCounts }) {
  const t = useTranslations('adminRoles');
  const nav = useTranslations('nav');
  const shown = navOf(usePages(), rights);
  return (
    <div className={styles.preview} role="group" aria-label={t('viewAsPages')}>
      {navGroups.map((group) => {
        const items = shown.filter((p) => p.nav.group === group);
        if (items.length === 0) return null;
        return (
          <div key={group}>
            {group === 'top' ? null : <div className={styles.under}>{nav(`groups.${group}`)}</div>}
            <ul className={styles.pages}>
              {items.map(({ path, nav: { key, icon: Icon } }) => {
                const member = members[key];
                const count = member === undefined ? undefined : counts[member];
                return (
                  <li key={path} className={styles.page}>
                    <Icon size={18} stroke={1.75} aria-hidden />
                    <span>{nav(`pages.${key}`)}</span>
                    {member === undefined || count === undefined ? null : <span className={styles.count}>{t(`viewCounts.${member}`, { count })}</span>}
                  </li>
                );
              })}
            </ul>
          </div>
        );
      })}
    </div>
  );
}
