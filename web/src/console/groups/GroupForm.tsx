import { Alert, Button, Group as Row, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { PeersInput } from './PeersInput';
import { addGroup, changeGroup, type Group, type GroupKind, type Peer } from './queries';

type Props = { kind: GroupKind; group: Group | null; onClose: () => void };

/** A group's name, note and reach. */
export function GroupForm({ kind, group, onClose }: Props) {
  const t = useTranslations('groups');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const [name, setName] = useState(group?.name ?? '');
  const [note, setNote] = useState(group?.note ?? '');
  const [incoming, setIncoming] = useState<Peer[]>(group?.allowed_incomings ?? []);
  const [outgoing, setOutgoing] = useState<Peer[]>(group?.allowed_outgoings ?? []);
  const isUsers = kind === 'user-groups';
  const save = useMutation({
    mutationFn: () => {
      const body = { name, note, allowed_incomings: incoming, ...(isUsers ? { allowed_outgoings: outgoing } : {}) };
      return group === null ? addGroup(kind, body) : changeGroup(kind, group.guid, body);
    },
    onSuccess: async () => {
      await client.invalidateQueries();
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
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
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
          />
          <TextInput label={t('note')} maxLength={1000} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
          {isUsers ? (
            <PeersInput
              label={t('canReach')}
              description={t('canReachHelp')}
              types={[0, 1]}
              value={outgoing}
              onChange={setOutgoing}
            />
          ) : null}
          <PeersInput
            label={t('reachedBy')}
            description={isUsers ? t('reachedByUsersHelp') : t('reachedByHelp')}
            types={isUsers ? [0] : [0, 2]}
            value={incoming}
            onChange={setIncoming}
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
    </Modal>
  );
}
