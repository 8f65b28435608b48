import { Alert, Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { CopyValue } from '../../ui/CopyValue';
import { FormError } from '../../ui/FormError';
import styles from './audit.module.css';
import { verifyChain } from './queries';

/** Each row is sealed with the one before it; whether that holds, on request, because all of them are read for it. */
export function ChainState() {
  const t = useTranslations('audit');
  const check = useMutation({ mutationFn: verifyChain });
  const found = check.data;
  return (
    <div className={styles.chain}>
      <span className={styles.text}>{t('chain.text')}</span>
      <Button size="xs" variant="default" loading={check.isPending} onClick={() => check.mutate()}>
        {t('chain.check')}
      </Button>
      <FormError error={check.error} />
      {found === undefined ? null : (
        <Alert w="100%" color={found.ok ? 'blue' : 'red'} variant="light" role="status">
          {found.ok ? t('chain.holds', { rows: found.rows, waiting: found.waiting }) : t('chain.broken')}
          {found.faults.length === 0 ? null : (
            <ul>
              {found.faults.map((fault) => (
                <li key={fault}>{fault}</li>
              ))}
            </ul>
          )}
          {found.rows === 0 ? null : (
            <div>
              {t('chain.head', { number: found.last })} <CopyValue value={found.head} label={t('chain.hash')} />
            </div>
          )}
        </Alert>
      )}
    </div>
  );
}
