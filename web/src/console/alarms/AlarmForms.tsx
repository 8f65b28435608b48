import { Button, Checkbox, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../../entities/NamePicker';
import { FormError } from '../../ui/FormError';
import { blockSource, changeAlarm, muteAlarm, setAlarm, type Alarm } from './queries';
import { useAlarmName } from '../../entities/useAlarmName';

export type AlarmWork = 'resolve' | 'assign' | 'mute' | 'block';

type Props = { alarm: Alarm; work: AlarmWork; onClose: () => void };

const spans = ['1', '24', '168', '720', ''] as const;

/** Whoever has an address of IPv6 has its whole /64. */
const networkOf = (ip: string) => (ip.includes(':') && !ip.startsWith('::ffff:') ? `${ip}/64` : ip);

/** Asks what is done about an alarm: what was found, who looks into it, for how long nobody is told, what is blocked. */
export function AlarmForm({ alarm, work, onClose }: Props) {
  const t = useTranslations('alarms');
  const c = useTranslations('common');
  const nameOf = useAlarmName();
  const client = useQueryClient();
  const [note, setNote] = useState(alarm.note);
  const [who, setWho] = useState(alarm.assigned_to);
  const [hours, setHours] = useState<string>('24');
  const [isAny, setAny] = useState(false);
  const [address, setAddress] = useState(networkOf(alarm.info.ip ?? ''));
  const titles = { resolve: t('resolveTitle'), assign: t('assignTitle'), mute: t('muteTitle'), block: t('blockTitle') };
  const source = alarm.info.subject ?? alarm.info.ip ?? '';
  const save = useMutation({
    mutationFn: (): Promise<unknown> =>
      work === 'mute'
        ? muteAlarm(alarm.guid, hours === '' ? null : Number(hours), isAny)
        : work === 'block'
          ? blockSource(address.trim())
          : work === 'assign'
            ? changeAlarm(alarm.guid, { assigned_to: who })
            : setAlarm(alarm, 'resolved', note.trim()),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['alarms'] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={titles[work]} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError error={save.error} />
          <div>
            {nameOf(alarm.typ)}
            {(alarm.count ?? 1) > 1 && work === 'resolve' ? ` · ${t('all', { count: alarm.count ?? 1 })}` : ''}
          </div>
          {work === 'resolve' ? (
            <Textarea label={t('found')} maxLength={1000} rows={3} data-autofocus value={note} onChange={(e) => setNote(e.currentTarget.value)} />
          ) : null}
          {work === 'assign' ? <NamePicker kind="users" label={t('assigned')} value={who} onChange={setWho} /> : null}
          {work === 'mute' ? (
            <>
              <div>{t('muteText')}</div>
              <Select
                label={t('muteFor')}
                allowDeselect={false}
                data={spans.map((value) => ({ value, label: value === '' ? t('untilBack') : t('hours', { count: Number(value) }) }))}
                value={hours}
                onChange={(value) => setHours(value ?? '24')}
              />
              {source === '' ? null : (
                <Checkbox label={t('anySource', { source })} checked={isAny} onChange={(e) => setAny(e.currentTarget.checked)} />
              )}
            </>
          ) : null}
          {work === 'block' ? (
            <>
              <div>{t('blockText')}</div>
              <TextInput label={t('blockWhat')} required withAsterisk={false} maxLength={64} className="mono" value={address} onChange={(e) => setAddress(e.currentTarget.value)} />
            </>
          ) : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t(work)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
