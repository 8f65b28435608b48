import { ActionIcon, Button, Checkbox, Group, Input, Stack, Switch, TextInput, Tooltip } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useLocale, useTranslations } from 'use-intl';
import styles from './access.module.css';
import { days } from './days';
import type { Schedule, Window } from './queries';

type Props = { value: Schedule; onChange: (value: Schedule) => void };

const office: Window = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' };
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Always, or at hours of weekdays in a time zone. */
export function ScheduleInput({ value, onChange }: Props) {
  const t = useTranslations('access');
  const locale = useLocale();
  const short = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
  const windows = value.windows ?? [];
  const isLimited = windows.length > 0;
  const set = (index: number, change: Partial<Window>) =>
    onChange({ ...value, windows: windows.map((w, i) => (i === index ? { ...w, ...change } : w)) });
  return (
    <Stack gap="xs">
      <Switch
        label={t('limited')}
        description={t('limitedHelp')}
        checked={isLimited}
        onChange={(e) => onChange(e.currentTarget.checked ? { time_zone: here, windows: [office] } : {})}
      />
      {windows.map((window, index) => (
        <fieldset key={index} className={styles.window}>
          <legend className="visually-hidden">{t('window', { number: index + 1 })}</legend>
          <Group gap="xs">
            {days.map((day, at) => (
              <Checkbox
                key={day}
                label={short.format(new Date(Date.UTC(2024, 0, 1 + at)))}
                checked={window.days.includes(day)}
                onChange={(e) =>
                  set(index, { days: days.filter((d) => (d === day ? e.currentTarget.checked : window.days.includes(d))) })
                }
              />
            ))}
          </Group>
          <Group gap="xs" align="flex-end">
            <Input.Wrapper label={t('from')}>
              <Input type="time" aria-label={t('from')} value={window.from} onChange={(e) => set(index, { from: e.currentTarget.value })} />
            </Input.Wrapper>
            <Input.Wrapper label={t('to')}>
              <Input
                type="time"
                aria-label={t('to')}
                value={window.to === '24:00' ? '00:00' : window.to}
                onChange={(e) => set(index, { to: e.currentTarget.value === '00:00' ? '24:00' : e.currentTarget.value })}
              />
            </Input.Wrapper>
            <Tooltip label={t('removeWindow', { number: index + 1 })}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={t('removeWindow', { number: index + 1 })}
                onClick={() => onChange(windows.length === 1 ? {} : { ...value, windows: windows.filter((_, i) => i !== index) })}
              >
                <IconX size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          </Group>
        </fieldset>
      ))}
      {isLimited ? (
        <Group gap="sm" align="flex-end">
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            disabled={windows.length >= 50}
            onClick={() => onChange({ ...value, windows: [...windows, office] })}
          >
            {t('addWindow')}
          </Button>
          <TextInput
            label={t('zone')}
            value={value.time_zone ?? 'UTC'}
            onChange={(e) => onChange({ ...value, time_zone: e.currentTarget.value })}
          />
        </Group>
      ) : null}
    </Stack>
  );
}
