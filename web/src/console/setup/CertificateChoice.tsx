import { Alert, Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { Certificate } from '../../api/address';
import { CopyValue } from '../../ui/CopyValue';
import styles from './SetupPage.module.css';

type Props = { certificate: Certificate | null; isSecure: boolean | undefined; host: string };

const ways = ['proxy', 'certbot', 'files', 'none'] as const;
const files = '--http-tls-certificate fullchain.pem --http-tls-key privkey.pem';

/** What encrypts the way to this server. It is named where the server is started, so this only says what to do. */
export function CertificateChoice({ certificate, isSecure, host }: Props) {
  const t = useTranslations('setup.certificate');
  const format = useFormatter();
  const [way, setWay] = useState<string>('proxy');
  if (isSecure === undefined) return null;
  if (certificate !== null || isSecure) {
    return (
      <section className={styles.part}>
        <h2 className={styles.heading}>{t('title')}</h2>
        <p className={styles.text}>
          {certificate === null
            ? t('byProxy')
            : t('own', { names: certificate.names.join(', ') || certificate.subject, until: format.dateTime(new Date(certificate.not_after), { dateStyle: 'medium' }) })}
        </p>
      </section>
    );
  }
  return (
    <section className={styles.part}>
      <Radio.Group label={t('title')} description={t('plain')} value={way} onChange={setWay}>
        <Stack gap="xs" mt="xs">
          {ways.map((name) => (
            <Radio key={name} value={name} label={t(`ways.${name}.label`)} description={t(`ways.${name}.help`)} />
          ))}
        </Stack>
      </Radio.Group>
      {way === 'certbot' ? <CopyValue isBlock label={t('command')} value={`certbot certonly --webroot -w DATA/acme -d ${host}`} /> : null}
      {way === 'certbot' || way === 'files' ? <CopyValue isBlock label={t('options')} value={files} /> : null}
      {way === 'none' ? <Alert color="yellow">{t('insecure')}</Alert> : null}
    </section>
  );
}
