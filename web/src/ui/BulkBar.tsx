import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import styles from './BulkBar.module.css';

type Props = { count: number; progress: { done: number; all: number } | null; onClear: () => void; children: ReactNode };

/** Takes the filters' place while something is selected. */
export function BulkBar({ count, progress, onClear, children }: Props) {
  const t = useTranslations('list');
  return (
    <div className={styles.bar} role="toolbar" aria-label={t('selected', { count })}>
      <strong>{progress === null ? t('selected', { count }) : `${progress.done} / ${progress.all}`}</strong>
      {children}
      <Button variant="subtle" disabled={progress !== null} onClick={onClear}>
        {t('deselect')}
      </Button>
    </div>
  );
}
