import { UnstyledButton } from '@mantine/core';
import { IconBan, IconCircleCheck, IconMail, IconShieldCheck, IconShieldExclamation } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import type { Column } from '../../ui/DataTable/DataTable';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import type { User } from './queries';
import styles from './users.module.css';

/** The columns of the list of users. */
export function useUserColumns(onOpen: (user: User) => void): readonly Column<User>[] {
  const t = useTranslations('users');
  return useMemo(
    () => [
      { id: 'state', header: t('state'), isFixed: true, sort: 'status', card: 'state', cell: (u) => <UserState user={u} /> },
      {
        id: 'name',
        header: t('name'),
        isFixed: true,
        isMain: true,
        sort: 'name',
        card: 'title',
        cell: (u) => (
          <UnstyledButton className={styles.link ?? ''} onClick={() => onOpen(u)}>
            {u.name}
          </UnstyledButton>
        ),
      },
      { id: 'display', header: t('displayName'), cell: (u) => u.display_name },
      { id: 'email', header: t('email'), sort: 'email', card: 'line', cell: (u) => u.email },
      { id: 'group', header: t('group'), sort: 'group_name', card: 'line', cell: (u) => u.group_name },
      { id: 'role', header: t('role'), cell: (u) => (u.is_admin ? t('administrator') : t('user')) },
      { id: 'factor', header: t('factor'), cell: (u) => <Factor user={u} /> },
      { id: 'last', header: t('lastSignIn'), sort: 'last_login', cell: (u) => <TimeText iso={isoOf(u.last_login)} /> },
      { id: 'devices', header: t('devices'), isNumber: true, cell: (u) => u.device_count ?? 0 },
    ],
    [t, onOpen],
  );
}

function UserState({ user }: { user: User }) {
  const t = useTranslations('users');
  if (user.status === 1) return <Status tone="ok" icon={IconCircleCheck} word={t('active')} />;
  if (user.status === 0) return <Status tone="neutral" icon={IconBan} word={t('disabled')} />;
  return <Status tone="info" icon={IconMail} word={t('invited')} />;
}

function Factor({ user }: { user: User }) {
  const t = useTranslations('users');
  if (user.tfa === 'enabled') return <Status tone="ok" icon={IconShieldCheck} word={t('factorOn')} />;
  if (user.tfa === 'enforced') return <Status tone="warn" icon={IconShieldExclamation} word={t('factorMissing')} />;
  return t('factorNone');
}
