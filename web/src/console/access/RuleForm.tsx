import { Alert, Button, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { DryRun } from './DryRun';
import { EndInput } from './EndInput';
import {
  addRule,
  changeRule,
  roleNamesQuery,
  type End,
  type Rule,
  type RuleDraft,
  type Schedule,
  type SubjectKind,
  type TargetKind,
} from './queries';
import { ScheduleInput } from './ScheduleInput';

type Props = { rule: Rule | null; onClose: () => void };

const subjects: readonly SubjectKind[] = ['user_group', 'user', 'everybody'];
const targets: readonly TargetKind[] = ['device_group', 'device', 'user_group', 'user', 'own_devices', 'all_devices'];
const isWhole = (end: End<string>) =>
  ['everybody', 'all_devices', 'own_devices'].includes(end.kind) || (end.name ?? '') !== '' || (end.guid ?? '') !== '';

/** A rule: who reaches what, when, and what may be done there. Says what saving it would change. */
export function RuleForm({ rule, onClose }: Props) {
  const t = useTranslations('access');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const roles = useQuery(roleNamesQuery);
  const [name, setName] = useState(rule?.name ?? '');
  const [note, setNote] = useState(rule?.note ?? '');
  const [subject, setSubject] = useState<End<SubjectKind>>(rule?.subject ?? { kind: 'user_group' });
  const [target, setTarget] = useState<End<TargetKind>>(rule?.target ?? { kind: 'device_group' });
  const [schedule, setSchedule] = useState<Schedule>(rule?.schedule ?? {});
  const [role, setRole] = useState(rule?.control_role ?? '');
  const draft = useMemo<RuleDraft | null>(
    () =>
      isWhole(subject) && isWhole(target)
        ? { ...(rule === null ? {} : { guid: rule.guid }), name, note, subject, target, schedule, control_role: role }
        : null,
    [rule, name, note, subject, target, schedule, role],
  );
  const change = useMemo(
    () => (draft === null ? null : rule === null ? { add: [{ ...draft, name: '', note: '' }] } : { update: [{ ...draft, name: '', note: '' }] }),
    [draft, rule],
  );
  const save = useMutation({
    mutationFn: (wanted: RuleDraft) => (rule === null ? addRule(wanted) : changeRule(rule.guid, wanted)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['rule'] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (draft !== null) save.mutate(draft);
  };
  const custom = (roles.data ?? []).filter((r) => r.kind !== 'not_logged_in').map((r) => r.name);
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={rule === null ? t('add') : t('edit')}
      closeButtonProps={{ 'aria-label': c('close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          {save.error === null ? null : (
            <Alert color="red" variant="light" role="alert">
              {textOf(save.error)}
            </Alert>
          )}
          <TextInput
            label={t('name')}
            placeholder={t('nameHint')}
            maxLength={128}
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
          />
          <EndInput label={t('who')} group="subjectKinds" kinds={subjects} value={subject} onChange={setSubject} />
          <EndInput label={t('what')} group="targetKinds" kinds={targets} value={target} onChange={setTarget} />
          <ScheduleInput value={schedule} onChange={setSchedule} />
          <Select
            label={t('role')}
            description={t('roleHelp')}
            placeholder={t('ownRole')}
            clearable
            clearButtonProps={{ 'aria-label': t('clearRole') }}
            data={role === '' || custom.includes(role) ? custom : [role, ...custom]}
            value={role === '' ? null : role}
            onChange={(value) => setRole(value ?? '')}
          />
          <Textarea label={t('note')} maxLength={1000} autosize minRows={1} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
          <DryRun change={change} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={draft === null}>
              {c('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
