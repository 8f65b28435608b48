import { Alert, Button, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useGuardedSave } from '../../ui/conflict/useGuardedSave';
import { useProblemText } from '../../ui/problemText';
import { DryRun } from './DryRun';
import { EndInput } from './EndInput';
import {
  addRule,
  changeRule,
  isWhole,
  readRule,
  roleNamesQuery,
  subjects,
  targets,
  type End,
  type Rule,
  type RuleDraft,
  type Schedule,
  type SubjectKind,
  type TargetKind,
} from './queries';
import { ScheduleInput } from './ScheduleInput';
import { useEndText } from './useEndText';
import { useHoursText } from './useHoursText';

type Props = { rule: Rule | null; onClose: () => void };

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
  const ends = useEndText();
  const hours = useHoursText();
  const save = useGuardedSave<Values, Rule>({
    base: { values: valuesOf(rule), version: rule?.version },
    read: async () => {
      const fresh = rule === null ? null : await readRule(rule.guid);
      return { values: valuesOf(fresh), version: fresh?.version };
    },
    save: (changes, version, current) =>
      rule === null ? addRule({ ...current, ...changes }) : changeRule(rule.guid, changes, version),
    fields: [
      { name: 'name', label: t('name') },
      { name: 'subject', label: t('who'), show: (value) => ends.subject(value as End<SubjectKind>) },
      { name: 'target', label: t('what'), show: (value) => ends.target(value as End<TargetKind>) },
      { name: 'schedule', label: t('when'), show: (value) => hours(value as Schedule) },
      { name: 'control_role', label: t('role') },
      { name: 'note', label: t('note') },
    ],
    onSaved: async () => {
      await client.invalidateQueries({ queryKey: ['rule'] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (draft !== null) save.submit({ name, note, subject, target, schedule, control_role: role });
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
      {save.view}
    </Modal>
  );
}

type Values = Required<Omit<RuleDraft, 'guid' | 'enabled'>>;

const valuesOf = (rule: Rule | null): Values => ({
  name: rule?.name ?? '',
  note: rule?.note ?? '',
  subject: rule?.subject ?? { kind: 'user_group' },
  target: rule?.target ?? { kind: 'device_group' },
  schedule: rule?.schedule ?? {},
  control_role: rule?.control_role ?? '',
});
