import { Alert, Button, Checkbox, Group, Modal, MultiSelect, Radio, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { startQuery } from '../../api/start';
import { ControlRolePicker } from '../../entities/ControlRolePicker';
import { NamePicker } from '../../entities/NamePicker';
import { CopyValue } from '../../ui/CopyValue';
import { NewPassword } from '../../ui/NewPassword';
import { useProblemText } from '../../ui/problemText';
import { say } from '../../ui/toast';
import { addUser, adminRoleNamesQuery, inviteUser, newReachQuery, type AddedUser } from './queries';
import styles from './users.module.css';

type Way = 'mail' | 'once' | 'password';

const nobody: AddedUser = {
  name: '', email: '', group_name: 'Default', control_role: '', admin_roles: [], is_admin: false, password: '',
};

/** Somebody new, with group and roles; says what that lets him reach before he is there. */
export function NewUserForm({ onClose }: { onClose: () => void }) {
  const t = useTranslations('users');
  const c = useTranslations('common');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const start = useQuery(startQuery).data;
  const least = start?.password_length ?? 8;
  const canMail = start?.forgotten === true && can(me, 'users.invite');
  const ways: Way[] = [...(canMail ? (['mail'] as const) : []), ...(can(me, 'users.create') ? (['once', 'password'] as const) : [])];
  const [chosen, setWay] = useState<Way | null>(null);
  const way = chosen ?? ways[0] ?? 'once';
  const [now, setNow] = useState(nobody);
  const reach = useQuery({ ...newReachQuery(now.group_name, now.is_admin), enabled: can(me, 'access.view') && now.group_name !== '' });
  const roles = useQuery({ ...adminRoleNamesQuery, enabled: me.is_admin });
  const save = useMutation({
    mutationFn: () => {
      const { password = '', ...rest } = now;
      if (way === 'mail') return inviteUser(rest);
      return addUser(way === 'once' ? { ...rest, one_time_password: true } : { ...rest, password });
    },
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: ['users'] });
      if (made.password !== undefined) return;
      say(way === 'mail' ? t('invitedNow', { name: now.name }) : t('addedNow', { name: now.name }));
      onClose();
    },
  });
  const set = (changes: Partial<AddedUser>) => setNow({ ...now, ...changes });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const once = save.data?.password;
  if (once !== undefined) {
    return (
      <Modal opened onClose={onClose} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={t('onceTitle', { name: now.name })}>
        <Stack gap="md">
          <p className={styles.plain}>{t('onceText')}</p>
          <CopyValue value={once} label={t('oncePassword')} isBlock />
          <Button onClick={onClose}>{t('onceKept')}</Button>
        </Stack>
      </Modal>
    );
  }

  return (
    <Modal opened onClose={onClose} title={t('add')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {save.error === null ? null : (
            <Alert color="red" variant="light" role="alert">
              {textOf(save.error)}
            </Alert>
          )}
          <Radio.Group label={t('how')} value={way} onChange={(value) => setWay(ways.find((w) => w === value) ?? null)}>
            <Stack gap="xs" mt="xs">
              {ways.map((w) => (
                <Radio key={w} value={w} label={t(w === 'mail' ? 'byMail' : w === 'once' ? 'byOnce' : 'byPassword')} />
              ))}
            </Stack>
          </Radio.Group>
          <TextInput label={t('name')} required withAsterisk={false} data-autofocus autoComplete="off" maxLength={128} value={now.name} onChange={(e) => set({ name: e.currentTarget.value })} />
          <TextInput label={t('email')} type="email" required={way === 'mail'} withAsterisk={false} value={now.email} onChange={(e) => set({ email: e.currentTarget.value })} />
          {way === 'password' ? (
            <NewPassword
              label={t('password')}
              required
              withAsterisk={false}
              name={now.name}
              least={least}
              value={now.password ?? ''}
              onType={(password) => set({ password })}
            />
          ) : null}
          <NamePicker kind="user-groups" label={t('group')} isRequired value={now.group_name} onChange={(value) => set({ group_name: value })} />
          {can(me, 'users.control_role') && can(me, 'control_roles.view') ? (
            <ControlRolePicker value={now.control_role} onChange={(value) => set({ control_role: value })} />
          ) : null}
          {me.is_admin ? (
            <>
              <MultiSelect
                label={t('adminRoles')}
                description={t('adminRolesHelp')}
                data={roles.data ?? []}
                searchable
                disabled={now.is_admin}
                value={now.admin_roles}
                onChange={(value) => set({ admin_roles: value })}
              />
              <Checkbox
                label={t('isAdmin')}
                description={t('isAdminHelp')}
                checked={now.is_admin}
                onChange={(e) => set({ is_admin: e.currentTarget.checked, admin_roles: e.currentTarget.checked ? [] : now.admin_roles })}
              />
            </>
          ) : null}
          <p className={styles.plain} role="status">
            {reach.data === undefined ? '' : t('willReach', { count: reach.data })}
          </p>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>{c('cancel')}</Button>
            <Button type="submit" loading={save.isPending}>{t('add')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
