import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { AuthenticatorCard } from './AuthenticatorCard';
import { EmailCodesCard } from './EmailCodesCard';
import { MePage } from './MePage';
import { PasskeysCard } from './PasskeysCard';
import { PasswordCard } from './PasswordCard';
import { TrustedCard } from './TrustedCard';

/** How one proves who one is. */
export function SecurityPage() {
  const t = useTranslations('me');
  const me = useMe();
  return (
    <MePage page="security" title={t('security')}>
      <PasskeysCard me={me} />
      <AuthenticatorCard me={me} />
      <EmailCodesCard me={me} />
      <TrustedCard />
      {me.origin === '' ? <PasswordCard /> : null}
    </MePage>
  );
}
