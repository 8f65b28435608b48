import { Alert, Button, Group, Modal, SegmentedControl, Stack, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useGuardedSave } from '../../ui/conflict/useGuardedSave';
import { useProblemText } from '../../ui/problemText';
import { addRole, changeRole, permissionNames, readRoles, type PermissionState, type Role, type RoleChange } from './queries';
import styles from './roles.module.css';

const states: readonly PermissionState[] = ['unset', 'allow', 'deny'];

/** A role: each permission allowed, denied, or left to the device. */
export function RoleForm({ role, onClose }: { role: Role | null; onClose: () => void }) {
  const t = useTranslations('roles');
  const p = useTranslations('permissions');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const [now, setNow] = useState<Values>(() => valuesOf(role));
  const set = (changes: Values) => setNow({ ...now, ...changes });
  const isBuiltIn = role !== null && role.kind !== 'custom';
  const save = useGuardedSave({
    base: { values: valuesOf(role), version: role?.version },
    read: async () => {
      const fresh = (await readRoles()).find((one) => one.guid === role?.guid) ?? null;
      return { values: valuesOf(fresh), version: fresh?.version };
    },
    save: (changes, version, current) =>
      role === null ? addRole(bodyOf({ ...current, ...(changes as Values) })) : changeRole(role.guid, changed(changes, current), version),
    fields: [
      { name: 'name', label: t('name') },
      { name: 'note', label: t('note') },
      ...permissionNames.map((key) => ({
        name: key,
        label: p(`names.${key}`),
        show: (value: unknown) => p(`states.${states.find((state) => state === value) ?? 'unset'}`),
      })),
    ],
    onSaved: async () => {
      await client.invalidateQueries({ queryKey: ['control-roles'] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.submit(now);
  };
  return (
    <Modal opened size="lg" onClose={onClose} title={role === null ? t('add') : t('edit')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {save.error === null ? null : (
            <Alert color="red" variant="light" role="alert">
              {textOf(save.error)}
            </Alert>
          )}
          {isBuiltIn ? null : (
            <TextInput label={t('name')} required withAsterisk={false} maxLength={128} value={now.name ?? ''} onChange={(e) => set({ name: e.currentTarget.value })} />
          )}
          <Textarea label={t('note')} autosize minRows={1} maxLength={1000} value={now.note ?? ''} onChange={(e) => set({ note: e.currentTarget.value })} />
          <p className={styles.hint}>{t('overrides')}</p>
          <div className={styles.list}>
            {permissionNames.map((key) => (
              <div key={key} className={styles.line}>
                <span id={`permission-${key}`}>{p(`names.${key}`)}</span>
                <SegmentedControl
                  aria-labelledby={`permission-${key}`}
                  data={states.map((value) => ({ value, label: p(`states.${value}`) }))}
                  value={now[key] ?? 'unset'}
                  onChange={(value) => set({ [key]: value })}
                />
              </div>
            ))}
          </div>
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

// Each permission is a field of its own: two people may change two of them.
type Values = Record<string, string>;

const valuesOf = (role: Role | null): Values => ({
  name: role?.name ?? '',
  note: role?.note ?? '',
  ...Object.fromEntries(permissionNames.map((key) => [key, role?.permissions[key] ?? 'unset'])),
});

const bodyOf = (values: Values): RoleChange => ({
  name: values.name ?? '',
  note: values.note ?? '',
  permissions: Object.fromEntries(permissionNames.map((key) => [key, states.find((state) => state === values[key]) ?? 'unset'])),
});

/** Only what changed; but permissions are replaced as a whole. */
function changed(changes: Partial<Values>, current: Values): RoleChange {
  const { name, note, permissions } = bodyOf({ ...current, ...(changes as Values) });
  return {
    ...('name' in changes ? { name } : {}),
    ...('note' in changes ? { note } : {}),
    ...(permissionNames.some((key) => key in changes) ? { permissions } : {}),
  };
}
