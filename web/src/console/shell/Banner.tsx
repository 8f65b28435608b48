import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { useIsGone } from '../../api/contact';
import type { Me } from '../../api/me';
import type { StreamState } from '../../live/stream';
import { useSecondsLeft } from '../../ui/useSecondsLeft';
import styles from './Banner.module.css';
import { useIll } from './useIll';

type Props = { me: Me; state: StreamState; nextTry: () => number | null; onRetry: () => void };

/** When the next try is, asked often: it is not told. */
function useNextTry(nextTry: () => number | null): number | null {
  const [next, setNext] = useState<number | null>(null);
  useEffect(() => {
    const timer = setInterval(() => setNext(nextTry()), 500);
    return () => clearInterval(timer);
  }, [nextTry]);
  return next;
}

function Lost({ nextTry, onRetry }: { nextTry: () => number | null; onRetry: () => void }) {
  const t = useTranslations('shell');
  const isGone = useIsGone();
  const left = useSecondsLeft(useNextTry(nextTry));
  return (
    <div className={styles.banner} data-tone="warn">
      <span role="status">{isGone ? t('gone') : t('feedLost')}</span>
      {/* Not spoken: it changes each second. */}
      <span aria-hidden>{left === null || left === 0 ? t('tryingNow') : t('tryingIn', { seconds: left })}</span>
      <Button size="compact-sm" variant="default" onClick={onRetry}>
        {t('tryNow')}
      </Button>
    </div>
  );
}

type Remark = { name: string; text: string; tone?: 'warn' | 'info'; more?: ReactNode };

const isPutAway = ({ name }: Remark) => sessionStorage.getItem(name) === '1';

/** What may be put away, until the browser is closed. */
function Note({ remark, onPutAway }: { remark: Remark; onPutAway: () => void }) {
  const t = useTranslations('shell');
  const dismiss = () => {
    sessionStorage.setItem(remark.name, '1');
    onPutAway();
  };
  return (
    <div className={styles.banner} role="status" data-tone={remark.tone ?? 'warn'}>
      <span className={styles.text}>{remark.text}</span>
      {remark.more}
      <Button size="compact-sm" variant="default" onClick={dismiss}>
        {t('dismiss')}
      </Button>
    </div>
  );
}

/** All that there is to say, the worst first: a server that is not well, a factor that is missing, no encryption, a word to all. */
function useRemarks(me: Me): Remark[] {
  const t = useTranslations('shell');
  const format = useFormatter();
  const ill = useIll(me);
  const due = me.authenticator_due;
  const isPlain = location.protocol === 'http:' && !/^(localhost|127\.|\[::1\])/.test(location.host);
  const link = (to: '/health' | '/me/security', text: string) => (
    <Button component={Link} to={to} size="compact-sm" variant="default">
      {text}
    </Button>
  );
  return [
    ...(ill === '' ? [] : [{ name: `hawser-ill-${ill}`, text: t('degraded'), more: link('/health', t('seeWhy')) }]),
    ...(due === null ? [] : [{
      name: `hawser-factor-${due}`,
      text: t('factorDue', { day: format.dateTime(new Date(due * 1000), { dateStyle: 'long' }) }),
      more: link('/me/security', t('setUp')),
    }]),
    ...(isPlain ? [{ name: 'hawser-plain', text: t('plain') }] : []),
    ...(me.banner === '' ? [] : [{ name: `hawser-word-${me.banner}`, text: me.banner, tone: 'info' as const }]),
  ];
}

/** At most one: no live feed, or the worst that nobody put away. */
export function Banner({ me, state, nextTry, onRetry }: Props) {
  const [, setCount] = useState(0);
  const remark = useRemarks(me).find((r) => !isPutAway(r));
  if (state === 'lost') return <Lost nextTry={nextTry} onRetry={onRetry} />;
  return remark === undefined ? null : <Note key={remark.name} remark={remark} onPutAway={() => setCount((n) => n + 1)} />;
}
