import { Alert, Button, Checkbox, Group, Modal, Radio, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { useProblemText } from '../../ui/problemText';
import styles from './access.module.css';
import { DryRun } from './DryRun';
import { policyQuery, savePolicy, type Policy } from './queries';

const choices = ['open', 'own', 'rules'] as const;
const switches = ['login_required', 'same_group', 'unassigned_admins_only', 'admins_reach_all'] as const;

/** What holds where no rule does, in words. */
export function PolicyCard({ mayEdit }: { mayEdit: boolean }) {
  const t = useTranslations('access');
  const { data: policy } = useQuery(policyQuery);
  const [isEditing, setEditing] = useState(false);
  if (policy === undefined) return null;
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
      {isEditing ? <PolicyForm policy={policy} onClose={() => setEditing(false)} /> : null}
    </Card>
  );
}

// Two of them say something only where devices have owners.
const isUsed = (key: (typeof switches)[number], policy: Policy) =>
  policy.default_policy === 'own' || key === 'login_required' || key === 'admins_reach_all';

function PolicyForm({ policy, onClose }: { policy: Policy; onClose: () => void }) {
  const t = useTranslations('access');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const [now, setNow] = useState<Policy>(policy);
  const changed = useMemo(() => {
    const keys = (Object.keys(now) as (keyof Policy)[]).filter((key) => now[key] !== policy[key]);
    return keys.length === 0 ? null : Object.fromEntries(keys.map((key) => [key, now[key]]));
  }, [now, policy]);
  const change = useMemo(() => (changed === null ? null : { settings: changed }), [changed]);
  const save = useMutation({
    mutationFn: () => savePolicy(changed ?? {}),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['rule'] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
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
    </Modal>
  );
}
