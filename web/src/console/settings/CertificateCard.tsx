import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card, Facts } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import { addressQuery } from '../../api/address';
import styles from './settings.module.css';

/** What the server itself speaks TLS with; a proxy before it has its own. */
export function CertificateCard() {
  const t = useTranslations('settings');
  const { data, error, refetch } = useQuery(addressQuery);
  const found = data?.certificate;
  return (
    <Card title={t('cards.certificate')}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? null : found === undefined || found === null ? (
        <p className={styles.text}>{t(location.protocol === 'https:' ? 'certificate.proxy' : 'certificate.none')}</p>
      ) : (
        <Facts
          items={[
            [t('certificate.state'), <State key="state" state={found.state} />],
            [t('certificate.names'), found.names.length === 0 ? found.subject : found.names.join(', ')],
            [t('certificate.issuer'), found.issuer === found.subject ? t('certificate.itself') : found.issuer],
            [t('certificate.from'), <TimeText key="from" iso={found.not_before} isAbsolute />],
            [t('certificate.until'), <TimeText key="until" iso={found.not_after} isAbsolute />],
            [t('certificate.print'), <span key="print" className="mono">{found.thumbprint}</span>],
            [t('certificate.file'), <span key="file" className="mono">{found.file}</span>],
          ]}
        />
      )}
    </Card>
  );
}

function State({ state }: { state: string }) {
  const t = useTranslations('settings');
  if (state === 'ready') return <Status tone="ok" icon={IconCircleCheck} word={t('certificate.holds')} />;
  if (state === 'expired') return <Status tone="bad" icon={IconCircleX} word={t('certificate.expired')} />;
  return <Status tone="warn" icon={IconAlertTriangle} word={t('certificate.soon')} />;
}
