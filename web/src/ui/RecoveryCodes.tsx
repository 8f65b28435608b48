import { Button, Checkbox, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { CopyValue } from './CopyValue';
import styles from './RecoveryCodes.module.css';

/** Codes on paper, shown once: nobody goes on without having said that they are kept. */
export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const t = useTranslations('factors');
  const [isKept, setKept] = useState(false);
  return (
    <Stack gap="md">
      <p className={styles.text}>{t('codesText')}</p>
      <ol className={styles.codes}>
        {codes.map((code) => (
          <li key={code} className="mono">
            {code}
          </li>
        ))}
      </ol>
      <CopyValue value={codes.join('\n')} shown={t('allCodes')} label={t('allCodes')} isBlock />
      <Checkbox
        label={t('kept')}
        checked={isKept}
        onChange={(event) => setKept(event.currentTarget.checked)}
      />
      <Button disabled={!isKept} onClick={onKept}>
        {t('goOn')}
      </Button>
    </Stack>
  );
}
