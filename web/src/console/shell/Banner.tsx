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

type NoteProps = { text: string; name: string; more?: ReactNode };

/** What may be dismissed, until the browser is closed. */
function Note({ text, name, more }: NoteProps) {
  const t = useTranslations('shell');
  const [isDismissed, setDismissed] = useState(() => sessionStorage.getItem(name) === '1');
  if (isDismissed) return null;
  const dismiss = () => {
    sessionStorage.setItem(name, '1');
    setDismissed(true);
  };
  return (
    <div className={styles.banner} role="status" data-tone="warn">
      <span className={styles.text}>{text}</span>
      {more}
      <Button size="compact-sm" variant="default" onClick={dismiss}>
        {t('dismiss')}
      </Button>
    </div>
  );
}

/** An authenticator is demanded and not there yet. */
function Due({ due }: { due: number }) {
  const t = useTranslations('shell');
  const format = useFormatter();
  const day = format.dateTime(new Date(due * 1000), { dateStyle: 'long' });
  const more = (
    <Button component={Link} to="/me/security" size="compact-sm" variant="default">
      {t('setUp')}
    </Button>
  );
  return <Note name={`hawser-factor-${due}`} text={t('factorDue', { day })} more={more} />;
}

/** At most one, the worst: no live feed, a server that is not well, a factor that is missing, no encryption. */
export function Banner({ me, state, nextTry, onRetry }: Props) {
  const t = useTranslations('shell');
  const ill = useIll(me);
  if (state === 'lost') return <Lost nextTry={nextTry} onRetry={onRetry} />;
  if (ill !== '') {
    return (
      <Note
        key={ill}
        name={`hawser-ill-${ill}`}
        text={t('degraded')}
        more={
          <Button component={Link} to="/health" size="compact-sm" variant="default">
            {t('seeWhy')}
          </Button>
        }
      />
    );
  }
  if (me.authenticator_due !== null) return <Due due={me.authenticator_due} />;
  const isPlain = location.protocol === 'http:' && !/^(localhost|127\.|\[::1\])/.test(location.host);
  return isPlain ? <Note name="hawser-plain" text={t('plain')} /> : null;
}
