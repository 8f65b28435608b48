import { useTranslations } from 'use-intl';
import type { UserWork } from '../../api/jobs';
import { Confirm } from '../../ui/Confirm';
import { ConfirmTyped } from '../../ui/ConfirmTyped';
import type { User } from './queries';
import styles from './users.module.css';

type Props = { work: UserWork; count: number; rows: readonly User[]; onCancel: () => void; onConfirm: () => void };

/** Asks before something is done to many users: what can't be taken back needs their number. */
export function BulkQuestion({ work, count, rows, onCancel, onConfirm }: Props) {
  const t = useTranslations('users');
  const examples = (
    <>
      <p className={styles.plain}>{t('examples')}</p>
      <ul>
        {rows.slice(0, 5).map((user) => (
          <li key={user.guid}>{user.name}</li>
        ))}
      </ul>
    </>
  );
  if (work === 'reset') {
    const title = t('resetMany', { count });
    return (
      <ConfirmTyped isOpen title={`${title}?`} action={title} word={String(count)} onCancel={onCancel} onConfirm={onConfirm}>
        {examples}
        <p className={styles.plain}>{t('resetText')}</p>
      </ConfirmTyped>
    );
  }

  const titles: Partial<Record<UserWork, string>> = {
    enable: t('enableMany', { count }),
    disable: t('disableMany', { count }),
    invite: t('inviteMany', { count }),
    sign_out: t('signOutMany', { count }),
    delete: t('deleteMany', { count }),
  };
  const title = titles[work] ?? t('changeMany', { count });
  return (
    <Confirm isOpen title={`${title}?`} action={title} isHarmless={work !== 'sign_out' && work !== 'delete'} onCancel={onCancel} onConfirm={onConfirm}>
      {examples}
      {work === 'delete' ? <p className={styles.plain}>{t('deleteManyText')}</p> : null}
      {work === 'delete' ? <p className={styles.plain}>{t('deleteManySkips')}</p> : null}
      {work === 'sign_out' ? <p className={styles.plain}>{t('signOutText')}</p> : null}
      {work === 'sign_out' || work === 'invite' ? null : <p className={styles.plain}>{t('canUndo')}</p>}
    </Confirm>
  );
}
