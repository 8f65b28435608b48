import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { FormError } from '../../ui/FormError';
import { useFieldErrors } from '../../ui/problemText';
import { say } from '../../ui/toast';
import { changeSetting, settingQuery, type Values } from './queries';
import { SettingField } from './SettingField';
import styles from './settings.module.css';
import { changedKeys, changesOf, valueAt, withValue, type Spec } from './specs';

type Props = { name: string; title?: string; text?: string; specs: readonly Spec[]; beside?: (draft: Values) => ReactNode; children?: ReactNode };

/** A setting as a form: what changed is counted, saved together, and not lost by leaving. */
export function SettingForm({ name, title, text, specs, beside, children }: Props) {
  const { data, error, refetch } = useQuery(settingQuery(name));
  return (
    <Card {...(title === undefined ? {} : { title })}>
      {text === undefined ? null : <p className={styles.text}>{text}</p>}
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? <Skeleton height={120} /> : <Form name={name} stored={data} specs={specs} beside={beside} />}
      {children}
    </Card>
  );
}

function blank(stored: Values, specs: readonly Spec[]): Values {
  return specs.reduce((values, { key, kind }) => (kind === 'secret' ? withValue(values, key, '') : values), stored);
}

type FormProps = { name: string; stored: Values; specs: readonly Spec[]; beside: Props['beside'] };

function Form({ name, stored, specs, beside }: FormProps) {
  const t = useTranslations('settings');
  const c = useTranslations('common');
  const me = useMe();
  const client = useQueryClient();
  const fieldsOf = useFieldErrors();
  const [draft, setDraft] = useState<Values>(() => blank(stored, specs));
  const [known, setKnown] = useState(stored);
  const changed = changedKeys(stored, draft, specs);
  // Somebody else saved: what was not touched here follows.
  if (known !== stored) {
    setKnown(stored);
    setDraft(changedKeys(known, draft, specs).reduce((v, key) => withValue(v, key, valueAt(draft, key)), blank(stored, specs)));
  }
  const save = useMutation({
    mutationFn: () => changeSetting(name, changesOf(draft, changed)),
    onSuccess: async (values) => {
      setDraft(blank(values, specs));
      setKnown(values);
      client.setQueryData(settingQuery(name).queryKey, values);
      await client.invalidateQueries();
      say(t('saved'));
    },
  });
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => changed.length > 0 && current.pathname !== next.pathname,
    enableBeforeUnload: changed.length > 0,
    withResolver: true,
  });
  const errors = fieldsOf(save.error);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <>
    <form className={styles.form} onSubmit={submit}>
      <FormError error={save.error} />
      {specs.map((spec) => (
        <SettingField
          key={spec.key}
          setting={name}
          spec={spec}
          value={valueAt(draft, spec.key)}
          isSet={spec.kind === 'secret' && typeof valueAt(stored, spec.key) === 'string' && valueAt(stored, spec.key) !== ''}
          isReadOnly={!can(me, 'settings.edit')}
          error={errors[spec.key]}
          onChange={(value) => setDraft(withValue(draft, spec.key, value))}
        />
      ))}
      {changed.length === 0 ? null : (
        <div className={styles.bar}>
          <span role="status">{t('changes', { count: changed.length })}</span>
          <Button type="submit" loading={save.isPending}>
            {c('save')}
          </Button>
          <Button variant="default" onClick={() => setDraft(blank(stored, specs))}>
            {t('discard')}
          </Button>
        </div>
      )}
      <Confirm
        isOpen={leaving.status === 'blocked'}
        title={t('leaveTitle')}
        action={t('leave')}
        onCancel={() => leaving.reset?.()}
        onConfirm={() => leaving.proceed?.()}
      >
        {t('leaveText', { count: changed.length })}
      </Confirm>
    </form>
    {beside?.(draft)}
    </>
  );
}
