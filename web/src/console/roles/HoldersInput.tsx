import { Alert } from '@mantine/core';
import { useTranslations } from 'use-intl';
import { NamesPicker } from '../../entities/NamesPicker';
import { Card } from '../../ui/Card';
import type { RoleOfSource } from './adminQueries';
import styles from './roles.module.css';

type Props = { value: readonly string[]; bySources: readonly RoleOfSource[]; onChange: (users: string[]) => void };

const provider = 'oidc/';

/** Who holds a role, by whom it was given, and what becomes of one that a group elsewhere gave and that is taken. */
export function HoldersInput({ value, bySources, onChange }: Props) {
  const t = useTranslations('adminRoles');
  const nameOf = (source: string) => (source.startsWith(provider) ? source.slice(provider.length) : t('ofDirectory'));
  const noteOf = (name: string) => {
    const held = bySources.find((h) => h.user === name);
    return held === undefined ? '' : t('bySource', { source: nameOf(held.source) });
  };
  const taken = bySources.filter((h) => !value.includes(h.user));
  const sources = [...new Set(taken.map((h) => h.source))];
  return (
    <Card title={t('holders')}>
      <p className={styles.hint}>{t('holdersText')}</p>
      {bySources.length === 0 ? null : <p className={styles.hint}>{t('bySourceText')}</p>}
      <NamesPicker kind="users" label={t('addHolder')} value={value} noteOf={noteOf} onChange={onChange} />
      {sources.map((source) => (
        <Alert key={source} color="yellow" variant="light" role="status">
          {t('comesBack', {
            names: taken.filter((h) => h.source === source).map((h) => h.user).join(', '),
            source: nameOf(source),
          })}
        </Alert>
      ))}
    </Card>
  );
}
