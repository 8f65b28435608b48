import { Alert, Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { SourceKind, ImportTrial } from '../../api/imports';
import { CountList } from './CountList';
import styles from './imports.module.css';

type Props = { kind: SourceKind; trial: ImportTrial; isBusy: boolean; onStart: (takesKey: boolean) => void };

/** What an import would do; and the button that does it. */
export function TrialResult({ kind, trial: { counts, key }, isBusy, onStart }: Props) {
  const t = useTranslations('imports');
  const [takesKey, setTakesKey] = useState(false);
  const people = counts.users + counts.groups + counts.books + counts.entries + counts.tags + counts.shares;
  const fleet = counts.strategies + counts.device_groups + counts.rules + counts.assigned_devices;
  const toDo = kind === 'hbbs' ? counts.new_devices : people + fleet;
  return (
    <section className={styles.part} aria-label={t('trial')} role="status">
      <h2 className={styles.heading}>{t('trial')}</h2>
      <CountList kind={kind} counts={counts} />
      {key.state === 'none' ? (
        kind === 'hbbs' ? <Alert color="yellow">{t('key.none')}</Alert> : null
      ) : (
        <Alert color={key.state === 'same' ? 'blue' : 'yellow'} variant="light">
          {t(`key.${key.state}`)}
        </Alert>
      )}
      {key.can_take ? (
        <Checkbox
          label={t('key.take')}
          description={t('key.takeHelp')}
          checked={takesKey}
          onChange={(event) => setTakesKey(event.currentTarget.checked)}
        />
      ) : null}
      {toDo === 0 && !takesKey ? <p className={styles.text}>{t('nothingNew')}</p> : null}
      <div className={styles.row}>
        <Button disabled={toDo === 0 && !takesKey} loading={isBusy} onClick={() => onStart(takesKey)}>
          {t('start')}
        </Button>
      </div>
    </section>
  );
}
