import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { AdminRoleForm } from './AdminRoleForm';
import { adminRightsQuery, adminRolesQuery } from './adminQueries';

/** One admin role, or a new one. */
export function AdminRolePage() {
  const t = useTranslations('adminRoles');
  const { id }: { id?: string } = useParams({ strict: false });
  const isNew = id === undefined;
  const roles = useQuery(adminRolesQuery);
  const rights = useQuery(adminRightsQuery);
  const error = roles.error ?? rights.error;
  const role = roles.data?.find((r) => r.guid === id) ?? null;
  if (error === null && rights.data !== undefined && roles.data !== undefined && (isNew || role !== null)) {
    return <AdminRoleForm key={id ?? 'new'} role={role} rights={rights.data} />;
  }
  return (
    <Page title={t('title')}>
      {error === null ? null : (
        <ErrorPanel error={error} onRetry={() => void Promise.all([roles.refetch(), rights.refetch()])} />
      )}
      {error === null && roles.data !== undefined && !isNew ? (
        <Empty title={t('gone')} action={<Link to="/roles/admin">{t('toList')}</Link>} />
      ) : (
        <Skeleton height={320} />
      )}
    </Page>
  );
}
