import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ImportDesk } from '../../entities/imports/ImportDesk';
import styles from './SetupPage.module.css';
import { useStep } from './useStep';

/** What another server left; nothing of it has to be. */
export function ImportStep({ onDone }: { onDone: (next: number) => void }) {
  const t = useTranslations('setup');
  const [isNothing, setNothing] = useState(true);
  const { save, skip } = useStep('import', onDone);
  return (
    <>
      <h1 className={styles.title}>{t('import.title')}</h1>
      <p className={styles.text}>{t('import.text')}</p>
      <ImportDesk hasNothing onChoice={setNothing} />
      <div className={styles.buttons}>
        {/* Whoever imports has the filled button above. */}
        <Button variant={isNothing ? 'filled' : 'default'} loading={save.isPending} onClick={() => save.mutate(null)}>
          {t('goOn')}
        </Button>
        <Button variant="subtle" loading={skip.isPending} onClick={() => skip.mutate()}>
          {t('later')}
        </Button>
      </div>
    </>
  );
}
