import { Alert, Button, Group, Modal, SegmentedControl, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { addRole, changeRole, permissionNames, type PermissionState, type Role } from './queries';
import styles from './roles.module.css';

const states: readonly PermissionState[] = ['unset', 'allow', 'deny'];

/** A role: each permission allowed, denied, or left to the device. */
export function RoleForm({ role, onClose }: { role: Role | null; onClose: () => void }) {
  const t = useTranslations('roles');
  const p = useTranslations('permissions');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const [name, setName] = useState(role?.name ?? '');
  const [note, setNote] = useState(role?.note ?? '');
  const [map, setMap] = useState<Partial<Record<string, PermissionState>>>(role?.permissions ?? {});
  const isBuiltIn = role !== null && role.kind !== 'custom';
  const save = useMutation({
    mutationFn: () => {
      const permissions = Object.fromEntries(permissionNames.map((key) => [key, map[key] ?? 'unset']));
      const body = { ...(isBuiltIn ? {} : { name }), note, permissions };
      return role === null ? addRole(body) : changeRole(role.guid, body);
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['control-roles'] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
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
            <TextInput label={t('name')} required withAsterisk={false} maxLength={128} value={name} onChange={(e) => setName(e.currentTarget.value)} />
          )}
          <Textarea label={t('note')} autosize minRows={1} maxLength={1000} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
          <p className={styles.hint}>{t('overrides')}</p>
          <div className={styles.list}>
            {permissionNames.map((key) => (
              <div key={key} className={styles.line}>
                <span id={`permission-${key}`}>{p(`names.${key}`)}</span>
                <SegmentedControl
                  aria-labelledby={`permission-${key}`}
                  data={states.map((value) => ({ value, label: p(`states.${value}`) }))}
                  value={map[key] ?? 'unset'}
                  onChange={(value) => setMap({ ...map, [key]: value })}
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
    </Modal>
  );
}
