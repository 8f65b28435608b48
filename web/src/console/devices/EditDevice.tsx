import { Alert, Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../../entities/NamePicker';
import { useGuardedSave } from '../../ui/conflict/useGuardedSave';
import { useProblemText } from '../../ui/problemText';
import { changeDevice, readDevice, type Device } from './queries';

/** What an administrator says of a device. */
export function EditDevice({ device, onClose }: { device: Device; onClose: () => void }) {
  const t = useTranslations('devices');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const [before] = useState(() => valuesOf(device));
  const [now, setNow] = useState(before);
  const isChanged = (Object.keys(now) as (keyof typeof now)[]).some((key) => now[key] !== before[key]);
  const save = useGuardedSave({
    base: { values: before, version: device.version },
    read: async () => {
      const fresh = await readDevice(device.guid);
      return { values: valuesOf(fresh), version: fresh.version };
    },
    save: (changes, version) => changeDevice(device.guid, changes, version),
    fields: [
      { name: 'device_name', label: t('columns.name') },
      { name: 'user_name', label: t('columns.owner') },
      { name: 'device_group_name', label: t('columns.group') },
      { name: 'note', label: t('note') },
    ],
    onSaved: async () => {
      await client.invalidateQueries({ queryKey: ['devices'] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.submit(now);
  };
  return (
    <Modal opened onClose={onClose} title={t('edit')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {save.error === null ? null : (
            <Alert color="red" variant="light" role="alert">
              {textOf(save.error)}
            </Alert>
          )}
          <TextInput
            label={t('columns.name')}
            maxLength={255}
            value={now.device_name}
            onChange={(e) => setNow({ ...now, device_name: e.currentTarget.value })}
          />
          <NamePicker
            kind="users"
            label={t('columns.owner')}
            value={now.user_name}
            onChange={(value) => setNow({ ...now, user_name: value })}
          />
          <NamePicker
            kind="device-groups"
            label={t('columns.group')}
            value={now.device_group_name}
            onChange={(value) => setNow({ ...now, device_group_name: value })}
          />
          <Textarea
            label={t('note')}
            maxLength={1000}
            autosize
            minRows={2}
            value={now.note}
            onChange={(e) => setNow({ ...now, note: e.currentTarget.value })}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!isChanged}>
              {c('save')}
            </Button>
          </Group>
        </Stack>
      </form>
      {save.view}
    </Modal>
  );
}

const valuesOf = (device: Device) => ({
  device_name: device.info.device_name,
  user_name: device.user_name,
  device_group_name: device.device_group_name,
  note: device.note,
});
