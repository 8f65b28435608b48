import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { PageTabs } from '../../ui/PageTabs';

/** The accounts that there are, and those that were deleted. */
export function UserListTabs({ now }: { now: 'users' | 'deleted' }) {
  const t = useTranslations('users');
  const b = useTranslations('entities.bin');
  const me = useMe();
  if (!can(me, 'users.delete')) return null;
  const tabs = [
    { key: 'users', name: t('inUse'), to: '/users' },
    { key: 'deleted', name: b('title'), to: '/users/deleted' },
  ];
  return <PageTabs label={t('title')} now={now} tabs={tabs} />;
}
