import { useTranslations } from 'use-intl';
import type { SourceKind, ImportCounts } from '../../api/imports';
import { Facts } from '../../ui/Card';
import styles from './imports.module.css';

const shown = {
  hbbs: ['new_devices', 'kept_devices', 'conflicts', 'skipped'],
  rustdesk_api: ['users', 'kept_users', 'groups', 'books', 'shares', 'entries', 'tags'],
  pro_api: [
    'users', 'kept_users', 'groups', 'device_groups', 'rules', 'strategies', 'books', 'shares', 'entries', 'tags', 'assigned_devices', 'missing_devices',
  ],
} as const;

type Props = { kind: SourceKind; counts: ImportCounts };

/** How many of what; which of them are somebody else's here; what was passed over. */
export function CountList({ kind, counts }: Props) {
  const t = useTranslations('imports');
  return (
    <>
      <Facts items={shown[kind].map((name) => [t(`counts.${name}`), t('number', { count: counts[name] })] as const)} />
      {counts.names.length === 0 ? null : (
        <p className={styles.text}>{t(kind === 'hbbs' ? 'conflictNames' : 'keptNames', { names: counts.names.join(', ') })}</p>
      )}
      {counts.missing_devices === 0 ? null : <p className={styles.text}>{t('missing')}</p>}
      {counts.notes.length === 0 ? null : (
        <details>
          <summary>{t('notes', { count: counts.notes.length })}</summary>
          {/* Sentences of the importing command. */}
          <ul className={styles.notes} lang="en">
            {counts.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
