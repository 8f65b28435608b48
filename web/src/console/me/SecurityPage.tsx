import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { Page } from '../../ui/Page';
import { AuthenticatorCard } from './AuthenticatorCard';
import { PasskeysCard } from './PasskeysCard';
import { PasswordCard } from './PasswordCard';

/** How one proves who one is. */
export function SecurityPage() {
  const t = useTranslations('me');
  const me = useMe();
  return (
    <Page title={t('security')} suffix={me.server_name} isNarrow>
      <PasskeysCard />
      <AuthenticatorCard me={me} />
      {me.origin === '' ? <PasswordCard /> : null}
    </Page>
  );
}
