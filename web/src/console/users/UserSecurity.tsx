import { Button, Group } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { Card, Facts } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain, say } from '../../ui/toast';
import { Keys } from './UserKeys';
import { dropEmailCodes, enforceFactor, resetFactors, securityQuery, signOutUsers, unlockUser, type Security, type User } from './queries';
import { SignInTable } from './SignInTable';
import { UserFrame } from './UserFrame';
import { UserFactor } from './UserState';

/** By what a person signs in and where that goes on, with a way to end each. */
export function UserSecurityPage() {
  return <UserFrame now="security">{(user) => <Safety user={user} />}</UserFrame>;
}

function Safety({ user }: { user: User }) {
  const me = useMe();
  const { data, error, refetch } = useQuery(securityQuery(user.guid));
  return (
    <>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? null : (
        <>
          <Locked user={user} security={data} />
          <Factors user={user} security={data} />
          <Keys user={user} security={data} />
        </>
      )}
      {me.is_admin ? <SignIns user={user} /> : null}
    </>
  );
}

/** Who tried too many passwords, and how somebody else ends the wait. */
function Locked({ user, security }: { user: User; security: Security }) {
  const t = useTranslations('users.safety');
  const work = useWork(user);
  if ((security.locked_until ?? null) === null) return null;
  return (
    <Card
      title={t('lockedTitle')}
      actions={
        security.unlockable ? (
          <Button size="xs" variant="default" loading={work.isPending} onClick={() => work.mutate(() => unlockUser(user.guid))}>
            {t('unlock')}
          </Button>
        ) : null
      }
    >
      <Facts items={[[t('locked'), <TimeText key="locked" iso={isoOf(security.locked_until)} isAbsolute />]]} />
      <p>{t('lockedText')}</p>
    </Card>
  );
}

function Factors({ user, security }: { user: User; security: Security }) {
  const t = useTranslations('users.safety');
  const u = useTranslations('users');
  const [isAsked, setAsked] = useState(false);
  const work = useWork(user);
  const isDemanded = user.tfa_enforced === true;
  const hasSome = security.factor === 'enabled' || security.factor === 'expired' || security.passkeys.length > 0 || security.trusted.length > 0;
  return (
    <Card
      title={t('factorTitle')}
      actions={
        security.editable ? (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => work.mutate(() => enforceFactor([user.guid], !isDemanded))}>
              {isDemanded ? t('release') : t('enforce')}
            </Button>
            {security.email_codes ? (
              <Button size="xs" variant="default" onClick={() => work.mutate(() => dropEmailCodes([user.guid]))}>{t('dropEmail')}</Button>
            ) : null}
            <Button size="xs" variant="default" color="red" disabled={!hasSome} onClick={() => setAsked(true)}>{t('reset')}</Button>
          </Group>
        ) : null
      }
    >
      <Facts
        items={[
          [t('authenticator'), <UserFactor key="factor" user={{ ...user, tfa: security.factor }} />],
          ...((security.factor_since ?? null) === null ? [] : [[t('since'), <TimeText key="since" iso={isoOf(security.factor_since)} />] as const]),
          [t('codes'), security.recovery_codes],
          [t('emailCodes'), security.email_codes ? t('on') : t('off')],
          [t('password'), security.has_password ? t('hasPassword') : t('noPassword')],
          ...(security.outside.length === 0 ? [] : [[t('outside'), security.outside.map((o) => o.provider).join(', ')] as const]),
          [u('lastSignIn'), <TimeText key="last" iso={isoOf(user.last_login)} />],
        ]}
      />
      {security.editable ? null : <p>{t('notYours')}</p>}
      <Confirm
        isOpen={isAsked}
        title={t('resetTitle', { name: user.name })}
        action={t('reset')}
        isBusy={work.isPending}
        onCancel={() => setAsked(false)}
        onConfirm={() => {
          setAsked(false);
          work.mutate(() => resetFactors([user.guid]));
        }}
      >
        {t('resetText')}
      </Confirm>
    </Card>
  );
}

function SignIns({ user }: { user: User }) {
  const t = useTranslations('users.safety');
  const u = useTranslations('users');
  const me = useMe();
  const [isAsked, setAsked] = useState(false);
  const work = useWork(user);
  return (
    <Card
      title={u('signIns')}
      isFlush
      actions={
        can(me, 'users.logout') ? <Button size="xs" variant="default" onClick={() => setAsked(true)}>{t('signOut')}</Button> : null
      }
    >
      <SignInTable kind="sessions" user={user} />
      <Confirm
        isOpen={isAsked}
        title={t('signOutTitle', { name: user.name })}
        action={t('signOut')}
        onCancel={() => setAsked(false)}
        onConfirm={() => {
          setAsked(false);
          work.mutate(() => signOutUsers([user.guid]));
        }}
      >
        {t('signOutText')}
      </Confirm>
    </Card>
  );
}

function useWork(user: User) {
  const t = useTranslations('users');
  const client = useQueryClient();
  const textOf = useProblemText();
  return useMutation({
    mutationFn: (what: () => Promise<unknown>) => what(),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['users'] });
      say(t('done', { name: user.name }));
    },
    onError: (problem) => complain(textOf(problem)),
  });
}
