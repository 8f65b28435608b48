import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { StreamState } from '../../live/stream';
import styles from './Banner.module.css';

/** At most one: no live feed, or no encryption. */
export function Banner({ state, onRetry }: { state: StreamState; onRetry: () => void }) {
  const t = useTranslations('shell');
  const [isDismissed, setDismissed] = useState(() => sessionStorage.getItem('hawser-plain') === '1');
  if (state === 'lost') {
    return (
      <div className={styles.banner} role="status" data-tone="warn">
        <span>{t('feedLost')}</span>
        <Button size="compact-sm" variant="default" onClick={onRetry}>
          {t('tryNow')}
        </Button>
      </div>
    );
  }
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
