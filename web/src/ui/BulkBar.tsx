import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import styles from './BulkBar.module.css';
import type { Selection } from './DataTable/useSelection';

type Props = {
  count: number;
  progress: { done: number; all: number } | null;
  onClear: () => void;
  /** Where all that match can be selected, and how many they are. */
  whole?: { selection: Selection; shown: number; total: number };
  children: ReactNode;
};

/** Takes the filters' place while something is selected. */
export function BulkBar({ count, progress, onClear, whole, children }: Props) {
  const t = useTranslations('list');
  const canTakeAll = whole !== undefined && !whole.selection.isAll && count >= whole.shown && whole.total > count;
  return (
    <div className={styles.bar} role="toolbar" aria-label={t('selected', { count })}>
      <strong role="status">
        {progress !== null
          ? `${progress.done} / ${progress.all}`
          : whole?.selection.isAll === true
            ? t('selectedAll', { count })
            : t('selected', { count })}
      </strong>
      {canTakeAll ? (
        <Button variant="subtle" onClick={whole.selection.selectAll}>
          {t('selectAll', { count: whole.total })}
        </Button>
      ) : null}
      {children}
      <Button variant="subtle" disabled={progress !== null} onClick={onClear}>
        {t('deselect')}
      </Button>
    </div>
  );
}
