import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../../entities/NamePicker';
import { useProblemText } from '../../ui/problemText';
import { say } from '../../ui/toast';
import { assignRole, type Role } from './queries';
import styles from './roles.module.css';

/** Gives a role to people. Everybody has one. */
export function AssignForm({ role, name, onClose }: { role: Role; name: string; onClose: () => void }) {
  const t = useTranslations('roles');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const [people, setPeople] = useState<string[]>([]);
  const save = useMutation({
    mutationFn: () => assignRole(role.guid, people),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['control-roles'] });
      say(t('assigned', { count: people.length, name }));
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={t('assignTitle', { name })} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {save.error === null ? null : (
            <Alert color="red" variant="light" role="alert">
              {textOf(save.error)}
            </Alert>
          )}
          <p className={styles.hint}>{t('oneRole')}</p>
          <Group gap="xs">
            {people.map((person) => (
              <Button
                key={person}
                size="xs"
                variant="light"
                rightSection={<IconX size={14} aria-hidden />}
                aria-label={t('removePerson', { name: person })}
                onClick={() => setPeople(people.filter((x) => x !== person))}
              >
                {person}
              </Button>
            ))}
          </Group>
          <NamePicker
            kind="users"
            label={t('addPerson')}
            value=""
            onChange={(person) => {
              if (person !== '' && !people.includes(person)) setPeople([...people, person]);
            }}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={people.length === 0}>
              {t('assignMany', { count: people.length })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
