import { Alert, Button, Group as Row, Modal, NumberInput, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useGuardedSave } from '../../ui/conflict/useGuardedSave';
import { useProblemText } from '../../ui/problemText';
import { PeersInput } from './PeersInput';
import { addGroup, changeGroup, readGroup, type Group, type GroupChange, type GroupKind, type Peer } from './queries';

type Props = { kind: GroupKind; group: Group | null; onClose: () => void };

/** A group's name, note and reach. */
export function GroupForm({ kind, group, onClose }: Props) {
  const t = useTranslations('groups');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const isUsers = kind === 'user-groups';
  const [now, setNow] = useState<GroupChange>(() => valuesOf(group, isUsers));
  const set = (changes: Partial<GroupChange>) => setNow({ ...now, ...changes });
  const names = (value: unknown) => (value as Peer[]).map((peer) => peer.name).join(', ');
  const save = useGuardedSave({
    base: { values: valuesOf(group, isUsers), version: group?.version },
    read: async () => {
      const fresh = group === null ? null : await readGroup(kind, group.guid);
      return { values: valuesOf(fresh, isUsers), version: fresh?.version };
    },
    save: (changes, version, current) =>
      group === null ? addGroup(kind, { ...current, ...changes }) : changeGroup(kind, group.guid, changes, version),
    fields: [
      { name: 'name', label: t('name') },
      { name: 'note', label: t('note') },
      { name: 'rank', label: t('rank') },
      { name: 'allowed_outgoings', label: t('canReach'), show: names },
      { name: 'allowed_incomings', label: t('reachedBy'), show: names },
    ],
    onSaved: async () => {
      await client.invalidateQueries();
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.submit(now);
  };
  return (
    <Modal opened onClose={onClose} title={group === null ? t('add') : t('edit')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {save.error === null ? null : (
            <Alert color="red" variant="light" role="alert">
              {textOf(save.error)}
            </Alert>
          )}
          <TextInput
            label={t('name')}
            required
            withAsterisk={false}
            maxLength={128}
            value={now.name}
            onChange={(e) => set({ name: e.currentTarget.value })}
          />
          <TextInput label={t('note')} maxLength={1000} value={now.note} onChange={(e) => set({ note: e.currentTarget.value })} />
          {isUsers ? null : (
            <NumberInput
              label={t('rank')}
              description={t('rankHelp')}
              min={0}
              max={100000}
              allowDecimal={false}
              value={now.rank ?? 0}
              onChange={(rank) => set({ rank: Number(rank) || 0 })}
            />
          )}
          {isUsers ? (
            <PeersInput
              label={t('canReach')}
              description={t('canReachHelp')}
              types={[0, 1]}
              value={now.allowed_outgoings ?? []}
              onChange={(peers) => set({ allowed_outgoings: peers })}
            />
          ) : null}
          <PeersInput
            label={t('reachedBy')}
            description={isUsers ? t('reachedByUsersHelp') : t('reachedByHelp')}
            types={isUsers ? [0] : [0, 2]}
            value={now.allowed_incomings ?? []}
            onChange={(peers) => set({ allowed_incomings: peers })}
          />
          <Row justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {c('save')}
            </Button>
          </Row>
        </Stack>
      </form>
      {save.view}
    </Modal>
  );
}

const valuesOf = (group: Group | null, isUsers: boolean): GroupChange => ({
  name: group?.name ?? '',
  note: group?.note ?? '',
  allowed_incomings: group?.allowed_incomings ?? [],
  ...(isUsers ? { allowed_outgoings: group?.allowed_outgoings ?? [] } : { rank: group?.rank ?? 0 }),
});
