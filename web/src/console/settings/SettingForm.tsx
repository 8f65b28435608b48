import { Button, Skeleton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useBlocker, useLocation } from '@tanstack/react-router';
import { useEffect, useRef, useState, type ComponentType, type ReactNode, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { FormError } from '../../ui/FormError';
import { useGuardedSave } from '../../ui/conflict/useGuardedSave';
import { useFieldErrors } from '../../ui/problemText';
import { say } from '../../ui/toast';
import type { GroupMapping } from './providers';
import { changeSetting, originsQuery, pinOf, readSetting, settingQuery, usualQuery, type Stored, type Values } from './queries';
import { SettingRow } from './SettingRow';
import styles from './settings.module.css';
import { asked, changedKeys, changesOf, fieldId, valueAt, withValue, type Spec } from './specs';

type Props = { name: string; title?: string; text?: string; specs: readonly Spec[]; beside?: (draft: Values) => ReactNode; guard?: Guard; children?: ReactNode };

/** Asks before a change that is hard to take back, and why. */
export type Guard = {
  isNeeded: (before: Values, after: Values) => boolean;
  View: ComponentType<{ before: Values; after: Values; onCancel: () => void; onGo: (reason: string) => void }>;
};

/** A setting as a form: what changed is counted, saved together, and not lost by leaving. */
export function SettingForm({ name, title, text, specs, beside, guard, children }: Props) {
  const { data, error, refetch } = useQuery(settingQuery(name));
  return (
    <Card {...(title === undefined ? {} : { title })}>
      {text === undefined ? null : <p className={styles.text}>{text}</p>}
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? <Skeleton height={120} /> : <Form name={name} stored={data} specs={specs} beside={beside} guard={guard} />}
      {children}
    </Card>
  );
}

function blank(stored: Values, specs: readonly Spec[]): Values {
  return specs.reduce((values, { key, kind }) => (kind === 'secret' ? withValue(values, key, '') : values), stored);
}

// Each field by its key, also those within others: two people may change two of them.
const leaves = (values: Values, specs: readonly Spec[]): Values => Object.fromEntries(specs.map(({ key }) => [key, valueAt(values, key)]));

type FormProps = { name: string; stored: Stored; specs: readonly Spec[]; beside: Props['beside']; guard: Props['guard'] };

function Form({ name, stored, specs, beside, guard }: FormProps) {
  const t = useTranslations('settings');
  const c = useTranslations('common');
  const me = useMe();
  const client = useQueryClient();
  const fieldsOf = useFieldErrors();
  const { data: usual } = useQuery(usualQuery(name));
  const { data: origins } = useQuery(originsQuery(name));
  useFieldOfAddress(name, specs);
  const [known, setKnown] = useState(stored);
  const [draft, setDraft] = useState<Values>(() => blank(stored.values, specs));
  const [isAsking, setAsking] = useState(false);
  const reason = useRef('');
  const changed = changedKeys(known.values, draft, specs);
  const begin = (from: Stored) => {
    setKnown(from);
    setDraft(blank(from.values, specs));
  };
  // Somebody else saved. Where something is being edited, saving finds out and asks.
  if (known !== stored && changed.length === 0) begin(stored);
  const save = useGuardedSave({
    base: { values: leaves(known.values, specs), version: known.version },
    isMoving: true,
    read: async () => {
      const fresh = await readSetting(name);
      return { values: leaves(fresh.values, specs), version: fresh.version };
    },
    save: async (changes, version, current) => {
      const before = specs.reduce((values, { key }) => withValue(values, key, current[key]), known.values);
      const after = specs.reduce((values, { key }) => (key in changes ? withValue(values, key, changes[key]) : values), before);
      return changeSetting(name, changesOf(after, Object.keys(changes)), version, reason.current);
    },
    fields: specs.map(({ key, kind }) => ({
      name: key,
      label: t([name, key.replaceAll('.', '_'), 'label'].join('.')),
      ...(kind === 'list' ? { show: (value: unknown) => (value as string[]).join(', ') } : {}),
      ...(kind === 'mappings'
        ? { show: (value: unknown) => (value as GroupMapping[]).map(({ from, to }) => `${from} → ${to}`).join(', ') }
        : {}),
    })),
    onSaved: async (after) => {
      const fresh = after ?? (await readSetting(name));
      begin(fresh);
      client.setQueryData(settingQuery(name).queryKey, fresh);
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
  // A secret that nobody typed stays the one that is stored.
  const wanted = () => ({ ...leaves(known.values, specs), ...Object.fromEntries(changed.map((key) => [key, valueAt(draft, key)])) });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    reason.current = '';
    if (guard?.isNeeded(known.values, draft) === true) setAsking(true);
    else save.submit(wanted());
  };
  return (
    <>
    <form className={styles.form} onSubmit={submit}>
      <FormError error={save.error} />
      {asked(specs, draft).map((spec) => (
        <SettingRow
          key={spec.key}
          setting={name}
          spec={spec}
          draft={draft}
          stored={known.values}
          usual={usual}
          pin={pinOf(origins, spec.key)}
          mayEdit={can(me, 'settings.edit')}
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
          <Button variant="default" onClick={() => begin(stored)}>
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
    {guard !== undefined && isAsking ? (
      <guard.View
        before={known.values}
        after={draft}
        onCancel={() => setAsking(false)}
        onGo={(why) => {
          reason.current = why;
          setAsking(false);
          save.submit(wanted());
        }}
      />
    ) : null}
    {save.view}
    {beside?.(draft)}
    </>
  );
}

/** Leads to the field that the address names, for the palette and for links. */
function useFieldOfAddress(name: string, specs: readonly Spec[]) {
  const { hash } = useLocation();
  useEffect(() => {
    if (!specs.some(({ key }) => fieldId(name, key) === hash)) return;
    const field = document.getElementById(hash);
    field?.scrollIntoView({ block: 'center' });
    field?.focus({ preventScroll: true });
  }, [hash, name, specs]);
}
