import { Button, Group, Modal, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { DevicePicker } from '../../entities/DevicePicker';
import { MergeDevices } from './MergeDevices';
import { deviceQuery, type Device } from './queries';

type Props = { device: Device; onClose: () => void };

/** Asks for the other row of a device, then how the two become one. */
export function MergeWith({ device, onClose }: Props) {
  const t = useTranslations('devices.merge');
  const c = useTranslations('common');
  const navigate = useNavigate();
  const [id, setId] = useState('');
  const [isChosen, setChosen] = useState(false);
  const { data: other } = useQuery({ ...deviceQuery(id), enabled: id !== '' });
  const isOther = other !== undefined && other !== null && other.guid !== device.guid;
  if (isChosen && isOther) {
    return (
      <MergeDevices
        pair={[device, other]}
        onClose={onClose}
        onMerged={(stays) => {
          onClose();
          void navigate({ to: '/devices/$id', params: { id: stays.id } });
        }}
      />
    );
  }
  return (
    <Modal opened onClose={onClose} title={t('title')} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        <div>{t('text')}</div>
        <DevicePicker label={t('other')} value={id} onChange={setId} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>{c('cancel')}</Button>
          <Button disabled={!isOther} onClick={() => setChosen(true)}>{t('next')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
