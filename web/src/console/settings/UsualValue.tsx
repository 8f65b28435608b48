import { Button } from '@mantine/core';
import { useTranslations } from 'use-intl';
import styles from './settings.module.css';
import type { Spec } from './specs';

type Props = { setting: string; spec: Spec; usual: unknown; onTake?: (value: unknown) => void };

/** Below a field that somebody changed: a dot, what it would be, and the way back to that. */
export function UsualValue({ setting, spec, usual, onTake }: Props) {
  const t = useTranslations('settings');
  const path = `${setting}.${spec.key.replaceAll('.', '_')}`;
  const text =
    spec.kind === 'flag'
      ? t(usual === true ? 'usualOn' : 'usualOff')
      : spec.kind === 'choice'
        ? t(`${path}.options.${String(usual)}`)
        : Array.isArray(usual) ? usual.filter((one) => typeof one === 'string').join(', ') : typeof usual === 'string' || typeof usual === 'number' ? String(usual) : '';
  return (
    <div className={styles.usual}>
      <span className={styles.dot} aria-hidden />
      <span>{text === '' ? t('changedHere') : t('usually', { value: text })}</span>
      {text === '' || onTake === undefined ? null : (
        <Button size="compact-xs" variant="subtle" aria-label={t('takeUsualOf', { what: t([path, 'label'].join('.')) })} onClick={() => onTake(usual)}>
          {t('takeUsual')}
        </Button>
      )}
    </div>
  );
}
