import { NumberInput, Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import styles from './alarms.module.css';
import type { Watch } from './queries';
import { RuleTest } from './RuleTest';

type Props = { watch: Watch; isReadOnly: boolean; mayTest: boolean; onChange: (change: Partial<Watch>) => void };

const switches = [
  ['new_administrator', 1001],
  ['new_place', 1002],
  ['relay_down', 1003],
  ['certificate_expires', 1009],
  ['backup_failed', 1007],
  ['rollout_stopped', 1006],
  ['identity_conflict', 1008],
] as const;
const diskTyp = 1004;
const usual = 10;

/** What concerns the server itself; a switch is in effect at once. */
export function ServerRules({ watch, isReadOnly, mayTest, onChange }: Props) {
  const t = useTranslations('alarms');
  const [percent, setPercent] = useState(watch.disk_free_percent === 0 ? usual : watch.disk_free_percent);
  const isDisk = watch.disk_free_percent > 0;
  const store = () => {
    if (isDisk && percent !== watch.disk_free_percent) onChange({ disk_free_percent: percent });
  };
  return (
    <ul className={styles.list}>
      {switches.map(([key, typ]) => (
        <li key={key} className={styles.item}>
          <Switch
            className={styles.grow ?? ''}
            label={t(`rules.${key}`)}
            description={t(`rulesHelp.${key}`)}
            checked={watch[key]}
            disabled={isReadOnly}
            onChange={(e) => onChange({ [key]: e.currentTarget.checked })}
          />
          {mayTest ? <RuleTest typ={typ} name={t(`rules.${key}`)} /> : null}
        </li>
      ))}
      <li className={styles.item}>
        <Switch
          className={styles.grow ?? ''}
          label={t('rules.disk')}
          description={t('rulesHelp.disk')}
          checked={isDisk}
          disabled={isReadOnly}
          onChange={(e) => onChange({ disk_free_percent: e.currentTarget.checked ? percent : 0 })}
        />
        <NumberInput
          className={styles.number ?? ''}
          label={t('diskPercent')}
          min={1}
          max={90}
          clampBehavior="strict"
          allowDecimal={false}
          hideControls
          disabled={isReadOnly || !isDisk}
          value={percent}
          onChange={(value) => setPercent(Math.max(1, Number(value)))}
          onBlur={store}
        />
        {mayTest ? <RuleTest typ={diskTyp} name={t('rules.disk')} /> : null}
      </li>
    </ul>
  );
}
