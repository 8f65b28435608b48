import { Alert, Button, Checkbox, Group, Modal, Radio, Stack } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { useGuardedSave } from '../../ui/conflict/useGuardedSave';
import { useProblemText } from '../../ui/problemText';
import styles from './access.module.css';
import { DryRun } from './DryRun';
import { policyQuery, readPolicy, savePolicy, sourcesQuery, type Policy, type Sources } from './queries';
import { SwitchEffect } from './SwitchEffect';

const choices = ['open', 'own', 'rules'] as const;
const switches = ['login_required', 'same_group', 'unassigned_admins_only', 'admins_reach_all'] as const;

/** What holds where no rule does, in words. */
export function PolicyCard({ mayEdit }: { mayEdit: boolean }) {
  const t = useTranslations('access');
  const { data: stored } = useQuery(policyQuery);
  const { data: numbers } = useQuery(sourcesQuery);
  const [isEditing, setEditing] = useState(false);
  if (stored === undefined) return null;
  const policy = stored.values;
  return (
    <Card
      title={t('base')}
      actions={
        mayEdit ? (
          <Button variant="default" onClick={() => setEditing(true)}>
            {t('changeBase')}
          </Button>
        ) : undefined
      }
    >
      <p className={styles.text}>{t(`policies.${policy.default_policy}`)}</p>
      <ul className={styles.facts}>
        {switches.filter((key) => policy[key] && isUsed(key, policy)).map((key) => (
          <li key={key}>{t(`switches.${key}`)}</li>
        ))}
      </ul>
      {numbers === undefined ? null : <p className={styles.under}>{t('numbers', numbersOf(numbers))}</p>}
      {isEditing ? <PolicyForm stored={stored} onClose={() => setEditing(false)} /> : null}
    </Card>
  );
}

const numbersOf = ({ people, devices, unassigned, open_to_anybody: anybody }: Sources) => ({
  people,
  devices,
  unassigned,
  anybody,
});

// Two of them say something only where devices have owners.
const isUsed = (key: (typeof switches)[number], policy: Policy) =>
  policy.default_policy === 'own' || key === 'login_required' || key === 'admins_reach_all';

type FormProps = { stored: Awaited<ReturnType<typeof readPolicy>>; onClose: () => void };

function PolicyForm({ stored, onClose }: FormProps) {
  const t = useTranslations('access');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const [policy] = useState(stored.values);
  const [now, setNow] = useState<Policy>(policy);
  const changed = useMemo(() => {
    const keys = (Object.keys(now) as (keyof Policy)[]).filter((key) => now[key] !== policy[key]);
    return keys.length === 0 ? null : Object.fromEntries(keys.map((key) => [key, now[key]]));
  }, [now, policy]);
  const change = useMemo(() => (changed === null ? null : { settings: changed }), [changed]);
  const save = useGuardedSave({
    base: stored,
    read: () => readPolicy(),
    save: savePolicy,
    fields: [
      {
        name: 'default_policy',
        label: t('baseQuestion'),
        show: (value) => t(`choices.${choices.find((choice) => choice === value) ?? 'open'}`),
      },
      ...switches.map((key) => ({ name: key, label: t(`switches.${key}`) })),
    ],
    onSaved: async () => {
      await client.invalidateQueries({ queryKey: ['rule'] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.submit(now);
  };
  return (
    <Modal opened size="lg" onClose={onClose} title={t('base')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {save.error === null ? null : (
            <Alert color="red" variant="light" role="alert">
              {textOf(save.error)}
            </Alert>
          )}
          <Radio.Group
            label={t('baseQuestion')}
            value={now.default_policy}
            onChange={(value) => setNow({ ...now, default_policy: choices.find((x) => x === value) ?? 'open' })}
          >
            <Stack gap="xs" mt="xs">
              {choices.map((choice) => (
                <Radio key={choice} value={choice} label={t(`choices.${choice}`)} description={t(`policies.${choice}`)} />
              ))}
            </Stack>
          </Radio.Group>
          {switches.map((key) => (
            <Checkbox
              key={key}
              label={t(`switches.${key}`)}
              description={isUsed(key, policy) ? <SwitchEffect name={key} value={policy[key]} /> : undefined}
              disabled={!isUsed(key, now)}
              checked={now[key]}
              onChange={(e) => setNow({ ...now, [key]: e.currentTarget.checked })}
            />
          ))}
          <DryRun change={change} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={changed === null}>
              {c('save')}
            </Button>
          </Group>
        </Stack>
      </form>
      {save.view}
    </Modal>
  );
}
