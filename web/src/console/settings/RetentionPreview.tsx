import { Alert, Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useFormatter, useTranslations } from 'use-intl';
import { FormError } from '../../ui/FormError';
import { previewRetention, type Values } from './queries';
import styles from './settings.module.css';

/** What the next run would remove with the days as they stand in the form, saved or not. */
export function RetentionPreview({ values }: { values: Values }) {
  const t = useTranslations('settings');
  const format = useFormatter();
  const ask = useMutation({ mutationFn: (asked: Values) => previewRetention(asked) });
  const plan = ask.data;
  const isOld = plan !== undefined && ask.variables !== values;
  const wordOf = (kind: string) => {
    const key = kind.replaceAll(' ', '_');
    return t.has(`removed.${key}`) ? t(`removed.${key}`) : kind;
  };
  return (
    <section className={styles.aside}>
      <h3>{t('cards.preview')}</h3>
      <p className={styles.text}>{t('previewText')}</p>
      <FormError error={ask.error} />
      <div>
        <Button variant="default" loading={ask.isPending} onClick={() => ask.mutate(values)}>
          {t('preview')}
        </Button>
      </div>
      {plan === undefined ? null : (
        <div role="status" className={styles.form}>
          {isOld ? (
            <Alert color="yellow" variant="light">
              {t('previewOld')}
            </Alert>
          ) : null}
          <strong>{t('removes', { count: plan.total })}</strong>
          <ul className={styles.list}>
            {plan.kinds
              .filter((kind) => kind.rows > 0)
              .map((kind) => (
                <li key={kind.kind} className={styles.item}>
                  <span className={styles.grow}>{wordOf(kind.kind)}</span>
                  <span>{format.number(kind.rows)}</span>
                </li>
              ))}
          </ul>
        </div>
      )}
    </section>
  );
}
