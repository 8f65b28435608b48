import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { among, optionsQuery } from './options';
import { OptionRows } from './OptionRows';
import styles from './settings.module.css';

/** What the subject of a page takes from the start of the server: first what somebody set. */
export function OptionsCard({ of }: { of: readonly string[] }) {
  const t = useTranslations('settings');
  const [all, setAll] = useState(false);
  const { data, error, refetch } = useQuery(optionsQuery);
  if (error !== null) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  const options = among(data ?? [], of);
  const set = options.filter((o) => o.source !== 'default');
  return (
    <Card title={t('cards.options')}>
      <p className={styles.text}>{t('optionsText')}</p>
      {set.length === 0 && !all && data !== undefined ? <p>{t('option.allUsual')}</p> : null}
      <OptionRows options={all ? options : set} />
      <div>
        <Button variant="default" size="xs" onClick={() => setAll(!all)}>
          {all ? t('option.onlySet') : t('option.all', { count: options.length })}
        </Button>
      </div>
    </Card>
  );
}
