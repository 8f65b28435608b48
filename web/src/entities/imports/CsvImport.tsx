import { Button, FileInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { startCsv, tryCsv, type CsvPlan } from '../../api/imports';
import { Facts } from '../../ui/Card';
import { FormError } from '../../ui/FormError';
import { ImportWork } from './ImportWork';
import styles from './imports.module.css';

const shown = 20;

/** What is known of devices elsewhere: owners, groups, strategies, notes and names, by ID. */
export function CsvImport() {
  const t = useTranslations('imports');
  const [file, setFile] = useState<File | null>(null);
  const trial = useMutation({ mutationFn: tryCsv });
  const start = useMutation({ mutationFn: startCsv });
  return (
    <section className={styles.part}>
      <FileInput
        label={t('csvFile')}
        description={t('csvColumns')}
        placeholder={t('chooseFiles')}
        accept=".csv,text/csv,text/plain"
        clearable
        clearButtonProps={{ 'aria-label': t('clear') }}
        value={file}
        onChange={(chosen) => {
          setFile(chosen);
          trial.reset();
          start.reset();
        }}
      />
      <FormError error={trial.error ?? start.error} />
      <div className={styles.row}>
        <Button variant="default" disabled={file === null} loading={trial.isPending} onClick={() => file !== null && trial.mutate(file)}>
          {t('try')}
        </Button>
      </div>
      {trial.data === undefined || start.data !== undefined ? null : (
        <Plan plan={trial.data} isBusy={start.isPending} onStart={() => file !== null && start.mutate(file)} />
      )}
      {start.data === undefined ? null : <ImportWork guid={start.data.guid} kind="csv" />}
    </section>
  );
}

function Plan({ plan, isBusy, onStart }: { plan: CsvPlan; isBusy: boolean; onStart: () => void }) {
  const t = useTranslations('imports');
  const bad = plan.rows.filter((row) => row.detail !== '').slice(0, shown);
  return (
    <section className={styles.part} aria-label={t('trial')} role="status">
      <h2 className={styles.heading}>{t('trial')}</h2>
      <Facts items={[[t('rowsGood'), t('number', { count: plan.good })], [t('rowsBad'), t('number', { count: plan.bad })]]} />
      {bad.length === 0 ? null : (
        <ul className={styles.notes}>
          {bad.map((row) => (
            <li key={row.line}>{t('badRow', { line: row.line, reason: row.detail })}</li>
          ))}
        </ul>
      )}
      <div className={styles.row}>
        <Button disabled={plan.good === 0} loading={isBusy} onClick={onStart}>
          {t('importRows', { count: plan.good })}
        </Button>
      </div>
    </section>
  );
}
