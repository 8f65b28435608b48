import { useTranslations } from 'use-intl';
import type { Option } from './options';
import styles from './settings.module.css';

/** Options of the start: what each is, where it was set, and whether another value waits. None is changed here. */
export function OptionRows({ options }: { options: readonly Option[] }) {
  const t = useTranslations('settings');
  return (
    <ul className={styles.options}>
      {options.map((o) => (
        <li key={o.path} className={styles.option} data-unusual={o.value !== o.usual || undefined}>
          <div className={styles.optionHead}>
            <code className="mono">{o.path}</code>
            <code className={`mono ${styles.optionValue ?? ''}`}>{o.value === '' ? t('option.empty') : o.value}</code>
          </div>
          <div className={styles.usual}>
            {o.value === o.usual ? null : <span className={styles.dot} aria-hidden />}
            <span>{t(`option.from.${o.source}`, { origin: o.origin })}</span>
            {o.value === o.usual || o.usual === '' ? null : <span>{t('usually', { value: o.usual })}</span>}
            {o.needs_restart ? <span>{t(o.waits ? 'option.waits' : 'option.restart')}</span> : null}
          </div>
          <p className={styles.sub} lang="en">
            {o.about}
          </p>
        </li>
      ))}
    </ul>
  );
}
