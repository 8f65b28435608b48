import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { StreamState } from '../../live/stream';
import styles from './Banner.module.css';

type Props = { state: StreamState; nextTry: () => number | null; onRetry: () => void };

/** How many seconds until a moment, counted down; null: it is now. */
function useCountdown(nextTry: () => number | null): number | null {
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    const look = () => {
      const next = nextTry();
      setLeft(next === null ? null : Math.max(0, Math.ceil((next - Date.now()) / 1000)));
    };
    const timer = setInterval(look, 500);
    return () => clearInterval(timer);
  }, [nextTry]);
  return left;
}

function Lost({ nextTry, onRetry }: { nextTry: () => number | null; onRetry: () => void }) {
  const t = useTranslations('shell');
  const left = useCountdown(nextTry);
  return (
    <div className={styles.banner} data-tone="warn">
      <span role="status">{t('feedLost')}</span>
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
