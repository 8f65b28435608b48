import { Button, NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import styles from './settings.module.css';
import { groupKinds, groupQuery, type GroupDays } from './storage';

type Props = { row: GroupDays; onChange: (row: GroupDays) => void; onRemove: () => void };

/** The days of one group's devices; an empty field is as for all. */
export function GroupDaysRow({ row, onChange, onRemove }: Props) {
  const t = useTranslations('settings');
  const { data, isError } = useQuery(groupQuery(row.group));
  const name = data?.name ?? (isError ? t('groupDays.gone') : '…');
  return (
    <li className={styles.groupDays}>
      <span className={styles.row}>
        <span className={styles.grow}>
          <span className={styles.name}>{name}</span>
        </span>
        <Button size="compact-sm" variant="subtle" color="red" aria-label={t('groupDays.removeOf', { name })} onClick={onRemove}>
          {t('groupDays.remove')}
        </Button>
      </span>
      <span className={styles.dayFields}>
        {groupKinds.map((kind) => (
          <NumberInput
            key={kind}
            label={t(`retention.${kind}.label`)}
            aria-label={t('groupDays.daysOf', { what: t(`retention.${kind}.label`), name })}
            placeholder={t('groupDays.asAll')}
            min={0}
            max={36_500}
            allowDecimal={false}
            clampBehavior="strict"
            hideControls
            value={row[kind] ?? ''}
            onChange={(days) => onChange({ ...row, [kind]: typeof days === 'number' ? days : null })}
          />
        ))}
      </span>
    </li>
  );
}
