import { Alert, Checkbox, TagsInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { Arrival } from '../../api/address';
import styles from './SetupPage.module.css';

type Props = {
  way: Arrival | null;
  /** Null: there is none before this server. */
  proxies: string[] | null;
  error: ReactNode;
  onChange: (proxies: string[] | null) => void;
};

/** Whether a reverse proxy stands before this server, and which one is believed. */
export function ProxyFields({ way, proxies, error, onChange }: Props) {
  const t = useTranslations('setup.proxy');
  const isOfOptions = way !== null && way.of_options.length > 0;
  const isUnknown = way !== null && way.forwarded && !way.believed;
  return (
    <section className={styles.part}>
      <Checkbox
        label={t('behind')}
        description={t('behindHelp')}
        checked={proxies !== null || isOfOptions}
        disabled={isOfOptions && proxies === null}
        onChange={(e) => onChange(e.currentTarget.checked ? (isUnknown ? [way.sender] : []) : null)}
      />
      {way === null ? null : (
        <p className={styles.text}>
          {way.believed && way.forwarded
            ? t('believed', { proxy: way.sender, client: way.client })
            : way.forwarded
              ? t('unknown', { proxy: way.sender })
              : t('straight', { client: way.client })}
        </p>
      )}
      {isOfOptions ? <p className={styles.text}>{t('ofOptions', { list: way.of_options.join(', ') })}</p> : null}
      {proxies === null ? null : (
        <TagsInput label={t('list')} description={t('listHelp')} error={error} value={proxies} onChange={onChange} />
      )}
      {isUnknown && proxies === null ? <Alert color="yellow">{t('warning', { proxy: way.sender })}</Alert> : null}
    </section>
  );
}
