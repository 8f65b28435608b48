import { Button } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Confirm } from './Confirm';
import styles from './SaveBar.module.css';

type Props = {
  count: number;
  action: string;
  isBusy: boolean;
  hint?: ReactNode;
  /** Pages that show what is changed too: going there leaves nothing. */
  within?: string;
  onDiscard: () => void;
  onSave: () => void;
};

/** There while something is changed and not saved; leaving the page asks then. */
export function SaveBar({ count, action, isBusy, hint, within, onDiscard, onSave }: Props) {
  const t = useTranslations('common');
  const isChanged = count > 0;
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      isChanged && current.pathname !== next.pathname && (within === undefined || !next.pathname.startsWith(within)),
    enableBeforeUnload: isChanged,
    withResolver: true,
  });
  return (
    <>
      {isChanged ? (
        <div className={styles.bar} data-save-bar role="region" aria-label={t('unsaved')}>
          <div className={styles.words}>
            <strong role="status">{t('changes', { count })}</strong>
            {hint === undefined ? null : <span className={styles.hint}>{hint}</span>}
          </div>
          <Button variant="default" disabled={isBusy} onClick={onDiscard}>
            {t('discard')}
          </Button>
          <Button loading={isBusy} onClick={onSave}>
            {action}
          </Button>
        </div>
      ) : null}
      <Confirm
        isOpen={leaving.status === 'blocked'}
        title={t('leaveTitle')}
        action={t('leave')}
        onCancel={() => leaving.reset?.()}
        onConfirm={() => leaving.proceed?.()}
      >
        {t('leaveText', { count })}
      </Confirm>
    </>
  );
}
