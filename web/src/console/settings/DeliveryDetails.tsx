import { Modal, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { deliveryQuery, type Delivery, type DeliveryDetail } from './deliveries';
import styles from './settings.module.css';

/** What was posted, and what came back. */
export function DeliveryDetails({ delivery, onClose }: { delivery: Delivery; onClose: () => void }) {
  const c = useTranslations('common');
  const { data, error, refetch } = useQuery(deliveryQuery(delivery.guid));
  return (
    <Modal opened size="lg" onClose={onClose} title={delivery.subject} closeButtonProps={{ 'aria-label': c('close') }}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? <Skeleton height={200} /> : <Exchange detail={data} />}
    </Modal>
  );
}

function Exchange({ detail }: { detail: DeliveryDetail }) {
  const t = useTranslations('settings');
  return (
    <Stack gap="md">
      <section className={styles.field}>
        <h3 className={styles.small}>{t('delivery.request', { host: detail.host })}</h3>
        {detail.headers.length === 0 ? null : (
          <p className={styles.text}>{t('delivery.headers', { names: detail.headers.join(', ') })}</p>
        )}
        <pre className={styles.code}>
          {laidOut(detail.body)}
        </pre>
      </section>
      <section className={styles.field}>
        <h3 className={styles.small}>
          {detail.status === undefined ? t('delivery.noAnswer') : t('delivery.answer', { status: String(detail.status) })}
        </h3>
        {detail.answer === '' ? null : (
          <pre className={styles.code}>
            {detail.answer}
          </pre>
        )}
      </section>
    </Stack>
  );
}

function laidOut(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
