import { Button, Group, Modal, NumberInput, Stack } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../../entities/NamePicker';
import { FormError } from '../../ui/FormError';
import type { DeviceWatch } from './queries';

type Props = {
  rule: DeviceWatch | null;
  error: unknown;
  isBusy: boolean;
  onClose: () => void;
  onSave: (rule: DeviceWatch) => void;
};

/** Which devices must be there, and how long one may be away. */
export function WatchForm({ rule, error, isBusy, onClose, onSave }: Props) {
  const t = useTranslations('alarms');
  const c = useTranslations('common');
  const [group, setGroup] = useState(rule?.device_group ?? '');
  const [minutes, setMinutes] = useState(rule?.minutes ?? 10);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onSave({ device_group: group, minutes, disabled: rule?.disabled ?? false });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={rule === null ? t('addRule') : t('editOf', { name: rule.device_group })}
      closeButtonProps={{ 'aria-label': c('close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError error={error} />
          <NamePicker kind="device-groups" label={t('group')} isRequired value={group} onChange={setGroup} />
          <NumberInput
            label={t('minutes')}
            description={t('minutesHelp')}
            min={2}
            max={43_200}
            clampBehavior="blur"
            allowDecimal={false}
            hideControls
            value={minutes}
            onChange={(value) => setMinutes(Number(value))}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" disabled={group === ''} loading={isBusy}>
              {c('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
