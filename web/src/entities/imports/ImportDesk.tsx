import { Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { CsvImport } from './CsvImport';
import { DatabaseImport } from './DatabaseImport';
import { ProImport } from './ProImport';
import styles from './imports.module.css';

const kinds = ['hbbs', 'pro_api', 'rustdesk_api', 'csv'] as const;
type Kind = (typeof kinds)[number];

/** What another server left: which, a trial that says what would become of it, then the work. */
export function ImportDesk({ hasNothing = false, onChoice }: { hasNothing?: boolean; onChoice?: (isNothing: boolean) => void }) {
  const t = useTranslations('imports');
  const [kind, setKind] = useState<Kind | 'nothing'>(hasNothing ? 'nothing' : 'hbbs');
  const choose = (value: string) => {
    const chosen = kinds.find((k) => k === value) ?? 'nothing';
    setKind(chosen);
    onChoice?.(chosen === 'nothing');
  };
  return (
    <div className={styles.desk}>
      <Radio.Group label={t('from')} value={kind} onChange={choose}>
        <Stack gap="xs" mt="xs">
          {hasNothing ? <Radio value="nothing" label={t('kinds.nothing.label')} description={t('kinds.nothing.help')} /> : null}
          {kinds.map((name) => (
            <Radio key={name} value={name} label={t(`kinds.${name}.label`)} description={t(`kinds.${name}.help`)} />
          ))}
        </Stack>
      </Radio.Group>
      {kind === 'csv' ? <CsvImport /> : null}
      {kind === 'pro_api' ? <ProImport /> : null}
      {kind === 'hbbs' || kind === 'rustdesk_api' ? <DatabaseImport key={kind} kind={kind} /> : null}
    </div>
  );
}
