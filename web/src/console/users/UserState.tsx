import { IconBan, IconCircleCheck, IconHourglass, IconLock, IconMail, IconShieldCheck, IconShieldExclamation } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { Status } from '../../ui/Status';
import type { User } from './queries';

/** A person's state in one word. */
export function UserState({ user }: { user: User }) {
  const t = useTranslations('users');
  if (user.state === 'locked') return <Status tone="warn" icon={IconLock} word={t('locked')} />;
  if (user.state === 'waiting') return <Status tone="warn" icon={IconHourglass} word={t('waiting')} />;
  if (user.status === 1) return <Status tone="ok" icon={IconCircleCheck} word={t('active')} />;
  if (user.status === 0) return <Status tone="neutral" icon={IconBan} word={t('disabled')} />;
  return <Status tone="info" icon={IconMail} word={t('invited')} />;
}

/** Whether a person has a second factor, or should have one. */
export function UserFactor({ user }: { user: User }) {
  const t = useTranslations('users');
  if (user.tfa === 'enabled') return <Status tone="ok" icon={IconShieldCheck} word={t('factorOn')} />;
  if (user.tfa === 'expired') return <Status tone="info" icon={IconShieldCheck} word={t('factorOld')} />;
  if (user.tfa === 'enforced') return <Status tone="warn" icon={IconShieldExclamation} word={t('factorMissing')} />;
  return t('factorNone');
}

/** Who keeps an account: this server, a directory, a provider by its name. */
export function UserSource({ user }: { user: User }) {
  const t = useTranslations('users');
  const { third_auth_type: source = '' } = user;
  if (source === '') return t('local');
  return source === 'ldap' ? t('directory') : source.replace(/^oidc\//, '');
}
