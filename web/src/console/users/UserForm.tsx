import { Alert, Button, Checkbox, Group, Modal, PasswordInput, Radio, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { startQuery } from '../../api/start';
import { NamePicker } from '../../entities/NamePicker';
import { useFieldErrors, useProblemText } from '../../ui/problemText';
import { addUser, changeUser, inviteUser, type NewUser, type User } from './queries';

/** A new user, or what is known of one. */
export function UserForm({ user, onClose }: { user: User | null; onClose: () => void }) {
  const t = useTranslations('users');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const fieldsOf = useFieldErrors();
  const canMail = useQuery(startQuery).data?.forgotten === true;
  const [way, setWay] = useState<'mail' | 'password'>('password');
  const [now, setNow] = useState<NewUser>({
    name: user?.name ?? '',
    email: user?.email ?? '',
    group_name: user?.group_name ?? 'Default',
    note: user?.note ?? '',
    display_name: user?.display_name ?? '',
    is_admin: user?.is_admin ?? false,
    password: '',
  });
  const save = useMutation({
    mutationFn: () => {
      const { password, ...rest } = now;
      const body: NewUser = password === undefined || password === '' ? rest : now;
      if (user !== null) return changeUser(user.guid, body);
      return way === 'mail' ? inviteUser(rest) : addUser(body);
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['users'] });
      onClose();
    },
  });
  const errors = fieldsOf(save.error);
  const set = (changes: Partial<NewUser>) => setNow({ ...now, ...changes });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const isPasswordAsked = user !== null || way === 'password';
  return (
    <Modal opened onClose={onClose} title={user === null ? t('add') : t('edit')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {save.error !== null && Object.keys(errors).length === 0 ? (
            <Alert color="red" variant="light" role="alert">
              {textOf(save.error)}
            </Alert>
          ) : null}
          {user === null && canMail ? (
            <Radio.Group label={t('how')} value={way} onChange={(v) => setWay(v === 'mail' ? 'mail' : 'password')}>
              <Stack gap="xs" mt="xs">
                <Radio value="password" label={t('byPassword')} />
                <Radio value="mail" label={t('byMail')} />
              </Stack>
            </Radio.Group>
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
            required={user === null && way === 'mail'}
            withAsterisk={false}
            error={errors.email}
            value={now.email}
            onChange={(e) => set({ email: e.currentTarget.value })}
          />
          {isPasswordAsked ? (
            <PasswordInput
              label={user === null ? t('password') : t('newPassword')}
              description={user === null ? undefined : t('passwordKept')}
              autoComplete="new-password"
              required={user === null}
              withAsterisk={false}
              visibilityToggleButtonProps={{ 'aria-label': t('reveal'), tabIndex: 0 }}
              error={errors.password}
              value={now.password ?? ''}
              onChange={(e) => set({ password: e.currentTarget.value })}
            />
          ) : null}
          <NamePicker
            kind="user-groups"
            label={t('group')}
            isRequired
            value={now.group_name}
            onChange={(value) => set({ group_name: value })}
          />
          <TextInput label={t('note')} maxLength={1000} value={now.note} onChange={(e) => set({ note: e.currentTarget.value })} />
          <Checkbox
            label={t('isAdmin')}
            description={user?.last_admin === true ? t('demoteLast') : t('isAdminHelp')}
            disabled={user?.last_admin === true}
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
    </Modal>
  );
}
