import { Button } from '@mantine/core';
import { useTranslations } from 'use-intl';
import { ImportDesk } from '../../entities/imports/ImportDesk';
import styles from './SetupPage.module.css';
import { useStep } from './useStep';

/** What another server left; nothing of it has to be. */
export function ImportStep({ onDone }: { onDone: (next: number) => void }) {
  const t = useTranslations('setup');
  const { save, skip } = useStep('import', onDone);
  return (
    <>
      <h1 className={styles.title}>{t('import.title')}</h1>
      <p className={styles.text}>{t('import.text')}</p>
      <ImportDesk hasNothing />
      <div className={styles.buttons}>
        <Button loading={save.isPending} onClick={() => save.mutate(null)}>
          {t('goOn')}
        </Button>
        <Button variant="subtle" loading={skip.isPending} onClick={() => skip.mutate()}>
          {t('later')}
        </Button>
      </div>
    </>
  );
}
