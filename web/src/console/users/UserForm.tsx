import { Alert, Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { startQuery } from '../../api/start';
import { ControlRolePicker } from '../../entities/ControlRolePicker';
import { NamePicker } from '../../entities/NamePicker';
import { useGuardedSave } from '../../ui/conflict/useGuardedSave';
import { NewPassword } from '../../ui/NewPassword';
import { useFieldErrors, useProblemText } from '../../ui/problemText';
import { changeUser, readUser, type NewUser, type User } from './queries';

/** What is known of a person, to be changed. */
export function UserForm({ user, onClose }: { user: User; onClose: () => void }) {
  const t = useTranslations('users');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const fieldsOf = useFieldErrors();
  const me = useMe();
  const least = useQuery(startQuery).data?.password_length ?? 8;
  const [now, setNow] = useState<NewUser>(() => valuesOf(user));
  const save = useGuardedSave({
    base: { values: valuesOf(user), version: user.version },
    read: async () => {
      const fresh = await readUser(user.guid);
      return { values: valuesOf(fresh), version: fresh.version };
    },
    // What was not touched is not sent: a role may change some of it only.
    save: (changes, version) => changeUser(user.guid, changes, version),
    fields: [
      { name: 'name', label: t('name') },
      { name: 'display_name', label: t('displayName') },
      { name: 'email', label: t('email') },
      { name: 'group_name', label: t('group') },
      { name: 'control_role', label: t('controlRole') },
      { name: 'note', label: t('note') },
      { name: 'is_admin', label: t('isAdmin') },
    ],
    onSaved: async () => {
      await client.invalidateQueries({ queryKey: ['users'] });
      onClose();
    },
  });
  const errors = fieldsOf(save.error);
  const set = (changes: Partial<NewUser>) => setNow({ ...now, ...changes });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.submit(now);
  };
  return (
    <Modal opened onClose={onClose} title={t('edit')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {save.error !== null && Object.keys(errors).length === 0 ? (
            <Alert color="red" variant="light" role="alert">
              {textOf(save.error)}
            </Alert>
          ) : null}
          <TextInput
            label={t('name')}
            required
            withAsterisk={false}
            autoComplete="off"
            maxLength={128}
            error={errors.name}
            value={now.name}
            onChange={(e) => set({ name: e.currentTarget.value })}
          />
          <TextInput
            label={t('displayName')}
            maxLength={128}
            value={now.display_name}
            onChange={(e) => set({ display_name: e.currentTarget.value })}
          />
          <TextInput
            label={t('email')}
            type="email"
            error={errors.email}
            value={now.email}
            onChange={(e) => set({ email: e.currentTarget.value })}
          />
          <NewPassword
            label={t('newPassword')}
            description={t('passwordKept')}
            error={errors.password}
            name={now.name}
            least={least}
            value={now.password ?? ''}
            onType={(password) => set({ password })}
          />
          <NamePicker
            kind="user-groups"
            label={t('group')}
            isRequired
            value={now.group_name}
            onChange={(value) => set({ group_name: value })}
          />
          {can(me, 'control_roles.view') ? (
            <ControlRolePicker value={now.control_role} onChange={(value) => set({ control_role: value })} />
          ) : null}
          <TextInput label={t('note')} maxLength={1000} value={now.note} onChange={(e) => set({ note: e.currentTarget.value })} />
          <Checkbox
            label={t('isAdmin')}
            description={user.last_admin === true ? t('demoteLast') : t('isAdminHelp')}
            disabled={user.last_admin === true}
            error={errors.is_admin}
            checked={now.is_admin}
            onChange={(e) => set({ is_admin: e.currentTarget.checked })}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {c('save')}
            </Button>
          </Group>
        </Stack>
      </form>
      {save.view}
    </Modal>
  );
}

function valuesOf(user: User): NewUser {
  return {
    name: user.name,
    email: user.email,
    group_name: user.group_name,
    note: user.note,
    display_name: user.display_name,
    is_admin: user.is_admin,
    control_role: user.control_role ?? '',
    password: '',
  };
}
