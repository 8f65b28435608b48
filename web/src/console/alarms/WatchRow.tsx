import { Button, Switch } from '@mantine/core';
import { useTranslations } from 'use-intl';
import styles from './alarms.module.css';
import type { DeviceWatch } from './queries';
import { RuleTest } from './RuleTest';

type Props = {
  rule: DeviceWatch;
  isReadOnly: boolean;
  mayTest: boolean;
  onChange: (rule: DeviceWatch) => void;
  onEdit: () => void;
  onRemove: () => void;
};

/** Devices of a group that must be there. */
export function WatchRow({ rule, isReadOnly, mayTest, onChange, onEdit, onRemove }: Props) {
  const t = useTranslations('alarms');
  const name = rule.device_group;
  return (
    <li className={styles.item}>
      <span className={styles.grow}>
        <span className={styles.name}>{name}</span>
        <span className={styles.sub}>{t('awayFor', { count: rule.minutes })}</span>
      </span>
      <Switch
        label={t('on')}
        aria-label={t('onOf', { name })}
        checked={!rule.disabled}
        disabled={isReadOnly}
        onChange={(e) => onChange({ ...rule, disabled: !e.currentTarget.checked })}
      />
      {mayTest ? <RuleTest typ={1005} name={name} /> : null}
      <Button variant="default" disabled={isReadOnly} aria-label={t('editOf', { name })} onClick={onEdit}>
        {t('edit')}
      </Button>
      <Button variant="subtle" color="red" disabled={isReadOnly} aria-label={t('removeOf', { name })} onClick={onRemove}>
        {t('remove')}
      </Button>
    </li>
  );
}
