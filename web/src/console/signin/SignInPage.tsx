import { useNavigate, useSearch } from '@tanstack/react-router';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslations } from 'use-intl';
import { readMe } from '../../api/me';
import { Problem } from '../../api/problem';
import { Bare } from '../../ui/Bare';
import { startQuery } from '../../api/start';
import { SignInCard } from './SignInCard';

/** The page that asks who one is; afterwards it leads to where one was going. */
export function SignInPage() {
  const t = useTranslations('signin');
  const client = useQueryClient();
  const navigate = useNavigate();
  const search: { to?: string; back?: string } = useSearch({ strict: false });
  const start = useQuery(startQuery);
  const isFresh = start.data?.setup === true;

  useEffect(() => {
    document.title = t('title');
  }, [t]);
  useEffect(() => {
    if (isFresh) void navigate({ to: '/setup', replace: true });
  }, [isFresh, navigate]);

  const done = async () => {
    let isFirst = false;
    try {
      const me = await readMe();
      client.setQueryData(['me'], me);
      isFirst = me.setup_opens;
    } catch (error) {
      // Another sign-in of this browser has taken the place of this one, and leads on.
      if (error instanceof Problem && error.status === 401) return;
      throw error;
    }
    const asked = search.to ?? sessionStorage.getItem('hawser-to') ?? '/';
    const to = asked === '/' && isFirst ? '/setup' : asked;
    sessionStorage.removeItem('hawser-to');
    // Only a place in here; two slashes would be another server.
    await navigate({ href: /^\/(?!\/)/.test(to) ? to : '/', replace: true });
  };

  return (
    <Bare name={start.data?.server_name ?? 'Hawser'}>
      <SignInCard isBack={search.back === 'provider'} to={search.to} onDone={() => void done()} />
    </Bare>
  );
}
