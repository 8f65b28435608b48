import { Button, Group, Modal, MultiSelect, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { alarmKinds, useAlarmName } from '../../entities/useAlarmName';
import { Card } from '../../ui/Card';
import { FormError } from '../../ui/FormError';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import styles from './alarms.module.css';
import { changeQuiet, quietQuery, type QuietRule } from './queries';

const usual = (): QuietRule => ({ types: [], from: '22:00', until: '07:00', time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone });

/** When kinds of alarms keep quiet, whatever channel tells them. */
export function QuietRules({ isReadOnly }: { isReadOnly: boolean }) {
  const t = useTranslations('alarms');
  const client = useQueryClient();
  const textOf = useProblemText();
  const nameOf = useAlarmName();
  const { data } = useQuery(quietQuery);
  const [isAdding, setAdding] = useState(false);
  const save = useMutation({
    mutationFn: (rules: readonly QuietRule[]) => changeQuiet(rules),
    onSuccess: (now) => {
      client.setQueryData(quietQuery.queryKey, now);
      setAdding(false);
    },
    onError: (problem) => (isAdding ? undefined : complain(textOf(problem))),
  });
  if (data === undefined) return null;
  const namesOf = (rule: QuietRule) => rule.types.map(nameOf).join(', ');
  return (
    <Card
      title={t('quiet.title')}
      actions={
        isReadOnly ? null : (
          <Button variant="default" onClick={() => setAdding(true)}>
            {t('quiet.add')}
          </Button>
        )
      }
    >
      <p className={styles.text}>{t('quiet.text')}</p>
      <ul className={styles.list}>
        {data.rules.map((rule, index) => (
          <li key={`${index} ${rule.types.join()}`} className={styles.item}>
            <span className={styles.grow}>
              <span className={styles.name}>{namesOf(rule)}</span>
              <span className={styles.sub}>
                {rule.from}–{rule.until} · {rule.time_zone}
              </span>
            </span>
            <Button
              variant="subtle"
              color="red"
              disabled={isReadOnly || save.isPending}
              aria-label={t('quiet.removeOf', { name: namesOf(rule) })}
              onClick={() => save.mutate(data.rules.filter((one) => one !== rule))}
            >
              {t('remove')}
            </Button>
          </li>
        ))}
      </ul>
      {isAdding ? (
        <QuietForm error={save.error} isBusy={save.isPending} onClose={() => setAdding(false)} onSave={(rule) => save.mutate([...data.rules, rule])} />
      ) : null}
    </Card>
  );
}

type Props = { error: unknown; isBusy: boolean; onClose: () => void; onSave: (rule: QuietRule) => void };

function QuietForm({ error, isBusy, onClose, onSave }: Props) {
  const t = useTranslations('alarms');
  const c = useTranslations('common');
  const nameOf = useAlarmName();
  const [rule, setRule] = useState(usual);
  const set = (change: Partial<QuietRule>) => setRule({ ...rule, ...change });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onSave(rule);
  };
  return (
    <Modal opened onClose={onClose} title={t('quiet.add')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError error={error} />
          <MultiSelect
            label={t('quiet.kinds')}
            searchable
            data={alarmKinds.map((kind) => ({ value: String(kind), label: nameOf(kind) }))}
            value={rule.types.map(String)}
            onChange={(types) => set({ types: types.map(Number) })}
          />
          <Group gap="sm">
            <TextInput type="time" label={t('quiet.from')} required withAsterisk={false} value={rule.from} onChange={(e) => set({ from: e.currentTarget.value })} />
            <TextInput type="time" label={t('quiet.until')} required withAsterisk={false} value={rule.until} onChange={(e) => set({ until: e.currentTarget.value })} />
          </Group>
          <TextInput label={t('quiet.zone')} required withAsterisk={false} maxLength={64} value={rule.time_zone} onChange={(e) => set({ time_zone: e.currentTarget.value })} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" disabled={rule.types.length === 0} loading={isBusy}>
              {c('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
