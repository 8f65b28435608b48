import { Checkbox, Group, MultiSelect, Select, TextInput } from '@mantine/core';
import { useTranslations } from 'use-intl';
import { alarmKinds, useAlarmName } from '../../entities/useAlarmName';
import { digests, type When } from './channels';

type Props = { when: When; onChange: (when: When) => void };

/** Which alarms a channel tells, whether it collects them, and when it keeps quiet. */
export function ChannelWhen({ when, onChange }: Props) {
  const t = useTranslations('settings');
  const nameOf = useAlarmName();
  const isQuiet = when.quiet_from !== '' || when.quiet_until !== '';
  const set = (change: Partial<When>) => onChange({ ...when, ...change });
  return (
    <>
      <MultiSelect
        label={t('channel.types')}
        description={t('channel.typesHelp')}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('clear', { what: t('channel.types') }) }}
        data={alarmKinds.map((kind) => ({ value: String(kind), label: nameOf(kind) }))}
        value={when.types.map(String)}
        onChange={(types) => set({ types: types.map(Number) })}
      />
      <Group gap="sm" align="flex-end">
        <Select
          label={t('channel.digest')}
          allowDeselect={false}
          data={digests.map((value) => ({ value, label: t(`channel.digests.${value === '' ? 'none' : value}`) }))}
          value={when.digest}
          onChange={(value) => set({ digest: digests.find((d) => d === value) ?? '' })}
        />
        {when.digest === 'day' ? (
          <TextInput type="time" label={t('channel.digestAt')} required withAsterisk={false} value={when.digest_at} onChange={(e) => set({ digest_at: e.currentTarget.value })} />
        ) : null}
      </Group>
      <Checkbox
        label={t('channel.quiet')}
        description={t('channel.quietHelp')}
        checked={isQuiet}
        onChange={(e) => set(e.currentTarget.checked ? { quiet_from: '22:00', quiet_until: '07:00' } : { quiet_from: '', quiet_until: '' })}
      />
      {isQuiet ? (
        <Group gap="sm">
          <TextInput type="time" label={t('channel.quietFrom')} required withAsterisk={false} value={when.quiet_from} onChange={(e) => set({ quiet_from: e.currentTarget.value })} />
          <TextInput type="time" label={t('channel.quietUntil')} required withAsterisk={false} value={when.quiet_until} onChange={(e) => set({ quiet_until: e.currentTarget.value })} />
        </Group>
      ) : null}
      {isQuiet || when.digest === 'day' ? (
        <TextInput
          label={t('channel.zone')}
          description={t('channel.zoneHelp')}
          required
          withAsterisk={false}
          maxLength={64}
          value={when.time_zone}
          onChange={(e) => set({ time_zone: e.currentTarget.value })}
        />
      ) : null}
      {isQuiet || when.digest !== '' ? (
        <Checkbox label={t('channel.critical')} checked={when.critical_at_once} onChange={(e) => set({ critical_at_once: e.currentTarget.checked })} />
      ) : null}
    </>
  );
}
