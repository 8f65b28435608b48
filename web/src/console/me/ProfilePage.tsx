import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { Card, Facts } from '../../ui/Card';
import { AboutCard } from './AboutCard';
import { KeysCard } from './KeysCard';
import { LooksCard } from './LooksCard';
import { MePage } from './MePage';

/** Who one is, and how one likes the console. */
export function ProfilePage() {
  const t = useTranslations('me');
  const me = useMe();
  return (
    <MePage page="profile" title={t('profile')}>
      <Card title={t('account')}>
        <Facts
          items={[
            [t('name'), me.name],
            [t('group'), me.user_group],
            [t('origin'), me.origin === '' ? t('here') : me.origin],
            [t('role'), me.is_admin ? t('administrator') : t('user')],
          ]}
        />
      </Card>
      <AboutCard />
      <LooksCard />
      <KeysCard />
    </MePage>
  );
}
