import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { roleSourcesQuery } from './providers';
import styles from './settings.module.css';

/** How many people hold admin roles by a provider (oidc/NAME) or the directory (ldap); null: not known yet. */
export function useRolesOf() {
  const { data } = useQuery(roleSourcesQuery);
  return (source: string) => (data === undefined ? null : (data.find((s) => s.source === source)?.people ?? 0));
}

/** Who loses admin roles when a provider or the directory goes or is switched off; nothing where nobody does. */
export function LostRoles({ source }: { source: string }) {
  const t = useTranslations('settings');
  const people = useRolesOf()(source);
  return people === null || people === 0 ? null : <p className={styles.text}>{t('losesRoles', { count: people })}</p>;
}
