import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { useState, type KeyboardEvent } from 'react';
import { useTranslations } from 'use-intl';
import styles from './NewPassword.module.css';
import { strengthOf } from './passwordStrength';

type Props = Omit<PasswordInputProps, 'value' | 'onChange'> & {
  value: string;
  /** The name that it may not be. */
  name: string;
  /** How many characters it has at least. */
  least: number;
  onType: (value: string) => void;
};

const steps = { empty: 0, short: 1, name: 1, simple: 1, weak: 1, fair: 2, good: 3 } as const;

/** A password that is being chosen: how hard it is to guess, and whether Caps Lock is on. */
export function NewPassword({ value, name, least, onType, ...rest }: Props) {
  const t = useTranslations('newPassword');
  const [hasCaps, setCaps] = useState(false);
  const strength = strengthOf(value, name, least);
  return (
    <div className={styles.field}>
      <PasswordInput
        autoComplete="new-password"
        description={t('least', { least })}
        visibilityToggleButtonProps={{ 'aria-label': t('reveal'), tabIndex: 0 }}
        {...rest}
        value={value}
        onChange={(event) => onType(event.currentTarget.value)}
        onKeyUp={(event: KeyboardEvent) => setCaps(event.getModifierState('CapsLock'))}
      />
      <div className={styles.meter} data-steps={steps[strength]} aria-hidden>
        <span />
        <span />
        <span />
      </div>
      <div role="status" className={styles.word}>
        {strength === 'empty' ? '' : t(strength, { least })}
        {hasCaps ? ` ${t('caps')}` : ''}
      </div>
    </div>
  );
}
