import { useTranslations } from 'use-intl';
import type { Origin } from './queries';
import { SettingField } from './SettingField';
import styles from './settings.module.css';
import { isUnusual, valueAt, type Spec } from './specs';
import { UsualValue } from './UsualValue';

type Values = Record<string, unknown>;

type Props = {
  setting: string;
  spec: Spec;
  draft: Values;
  stored: Values;
  usual: Values | undefined;
  /** Where it was written, when it can't be changed here. */
  pin: Origin | undefined;
  mayEdit: boolean;
  error: string | undefined;
  onChange: (value: unknown) => void;
};

/** A field of a setting, and below it what it would be by itself, or where it was set. */
export function SettingRow({ setting, spec, draft, stored, usual, pin, mayEdit, error, onChange }: Props) {
  const t = useTranslations('settings');
  const now = valueAt(stored, spec.key);
  const unusual = usual !== undefined && isUnusual(spec, now, valueAt(usual, spec.key));
  const isOpen = mayEdit && pin === undefined;
  return (
    <div className={styles.field} data-unusual={unusual || undefined}>
      <SettingField
        setting={setting}
        spec={spec}
        value={valueAt(draft, spec.key)}
        isSet={spec.kind === 'secret' && typeof now === 'string' && now !== ''}
        isReadOnly={!isOpen}
        error={error}
        onChange={onChange}
      />
      {pin === undefined ? null : <div className={styles.usual}>{t(`option.from.${pin.source}`, { origin: pin.origin })}</div>}
      {unusual ? (
        <UsualValue setting={setting} spec={spec} usual={valueAt(usual, spec.key)} {...(isOpen ? { onTake: onChange } : {})} />
      ) : null}
    </div>
  );
}
