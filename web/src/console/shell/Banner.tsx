import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useIsGone } from '../../api/contact';
import type { StreamState } from '../../live/stream';
import { useSecondsLeft } from '../../ui/useSecondsLeft';
import styles from './Banner.module.css';

type Props = { state: StreamState; nextTry: () => number | null; onRetry: () => void };

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

/** At most one: no live feed, or no encryption. */
export function Banner({ state, nextTry, onRetry }: Props) {
  const t = useTranslations('shell');
  const [isDismissed, setDismissed] = useState(() => sessionStorage.getItem('hawser-plain') === '1');
  if (state === 'lost') return <Lost nextTry={nextTry} onRetry={onRetry} />;
  const isPlain = location.protocol === 'http:' && !/^(localhost|127\.|\[::1\])/.test(location.host);
  if (!isPlain || isDismissed) return null;
  const dismiss = () => {
    sessionStorage.setItem('hawser-plain', '1');
    setDismissed(true);
  };
  return (
    <div className={styles.banner} role="status" data-tone="warn">
      <span>{t('plain')}</span>
      <Button size="compact-sm" variant="default" onClick={dismiss}>
        {t('dismiss')}
      </Button>
    </div>
  );
}
