import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { adminRolesQuery, type AdminRole } from './adminQueries';
import styles from './roles.module.css';

const noSort = () => undefined;

/** What staff may do here without being administrators: the roles, what they allow, where, and who holds them. */
export function AdminRolesPage() {
  const t = useTranslations('adminRoles');
  const me = useMe();
  const { data, error, refetch } = useQuery(adminRolesQuery);
  const columns = useMemo<Column<AdminRole>[]>(
    () => [
      {
        id: 'name',
        header: t('name'),
        card: 'title',
        cell: (role) => (
          <>
            <Link to="/roles/admin/$id" params={{ id: role.guid }}>
              {role.name}
            </Link>
            {role.note === '' ? null : <span className={styles.under}>{role.note}</span>}
          </>
        ),
      },
      { id: 'type', header: t('type'), card: 'line', cell: (role) => t(`types.${role.type}`) },
      { id: 'where', header: t('where'), card: 'line', cell: (role) => <Where role={role} /> },
      { id: 'rights', header: t('may'), card: 'line', cell: (role) => t('rightCount', { count: role.rights.length }) },
      { id: 'holders', header: t('holders'), card: 'line', cell: (role) => <Holders role={role} /> },
    ],
    [t],
  );
  const add = (
    <Button component={Link} to="/roles/admin/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t('add')}
    </Button>
  );
  return (
    <Page title={t('title')} suffix={me.server_name} lead={t('lead')} actions={add}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 ? (
        <Empty title={t('none')} text={t('noneText')} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={data}
          keyOf={(role) => role.guid}
          nameOf={(role) => role.name}
          sort=""
          onSort={noSort}
        />
      )}
    </Page>
  );
}

function Where({ role }: { role: AdminRole }) {
  const t = useTranslations('adminRoles');
  if (role.type !== 'group') return t(role.type === 'global' ? 'everywhere' : 'ownThings');
  const places = [...role.user_groups, ...role.device_groups, ...(role.unassigned ? [t('unassigned')] : [])];
  return places.length === 0 ? t('nowhere') : places.join(' · ');
}

function Holders({ role }: { role: AdminRole }) {
  const t = useTranslations('adminRoles');
  const first = role.users.slice(0, 3);
  if (first.length === 0) return t('nobody');
  const more = role.user_count - first.length;
  return [...first, ...(more > 0 ? [t('more', { count: more })] : [])].join(', ');
}
