import { Alert, Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useFormatter, useTranslations } from 'use-intl';
import { Facts } from '../../ui/Card';
import { FormError } from '../../ui/FormError';
import { previewDirectory, type DirectoryPlan as Plan, type Values } from './queries';
import styles from './settings.module.css';

/** What synchronising with what stands in the form would do, before anybody is made or disabled. */
export function DirectoryPlan({ values }: { values: Values }) {
  const t = useTranslations('settings');
  const preview = useMutation({ mutationFn: () => previewDirectory(values) });
  return (
    <section className={styles.aside}>
      <h3>{t('directoryPlan.title')}</h3>
      <p className={styles.text}>{t('directoryPlan.text')}</p>
      <FormError error={preview.error} />
      <div className={styles.row}>
        <Button variant="default" loading={preview.isPending} onClick={() => preview.mutate()}>
          {t('directoryPlan.ask')}
        </Button>
      </div>
      {preview.data === undefined ? null : <Outcome plan={preview.data} />}
    </section>
  );
}

function Outcome({ plan }: { plan: Plan }) {
  const t = useTranslations('settings');
  const format = useFormatter();
  const counted = (count: number, names: readonly string[]) =>
    names.length === 0
      ? format.number(count)
      : t(count > names.length ? 'directoryPlan.someNames' : 'directoryPlan.allNames', { count, names: names.join(', ') });
  return (
    <div role="status">
      {plan.ok ? null : (
        <Alert color="red" variant="light">
          {plan.complaint}
        </Alert>
      )}
      {plan.ok || plan.read > 0 ? (
        <Facts
          items={[
            [t('directoryPlan.read'), format.number(plan.read)],
            [t('directoryPlan.created'), counted(plan.created, plan.created_names)],
            [t('directoryPlan.linked'), format.number(plan.linked)],
            [t('directoryPlan.disabled'), counted(plan.disabled, plan.disabled_names)],
            [t('directoryPlan.refused'), format.number(plan.refused)],
            [t('directoryPlan.left'), format.number(plan.left)],
          ]}
        />
      ) : null}
    </div>
  );
}
