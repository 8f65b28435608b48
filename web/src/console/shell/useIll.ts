import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client';
import { can, type Me } from '../../api/me';

type Health = { parts: { part: string; state: string }[]; checks: { part: string; state: string }[] };

const bad = ['not ready', 'down', 'degraded', 'expired'];

/** The parts of the server that do not work, in one word; empty: all do, or it is not this person's to know. */
export function useIll(me: Me): string {
  const { data } = useQuery({
    queryKey: ['health', 'ill'],
    queryFn: ({ signal }) => call<Health>('GET', '/api/console/health', { signal }),
    enabled: can(me, 'settings.view'),
    staleTime: 60_000,
    refetchInterval: 60_000,
    retry: false,
    select: (health) => [...health.parts, ...health.checks].flatMap(({ part, state }) => (bad.includes(state) ? [part] : [])).join(' '),
  });
  return data ?? '';
}
