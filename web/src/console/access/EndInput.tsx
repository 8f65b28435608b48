import { Group, Select } from '@mantine/core';
import { useTranslations } from 'use-intl';
import { DevicePicker } from '../../entities/DevicePicker';
import { NamePicker } from '../../entities/NamePicker';
import type { End } from './queries';
import styles from './access.module.css';

type Props<K extends string> = {
  label: string;
  group: 'subjectKinds' | 'targetKinds';
  kinds: readonly K[];
  value: End<K>;
  onChange: (value: End<K>) => void;
};

const pickers = { user: 'users', user_group: 'user-groups', device_group: 'device-groups' } as const;

/** One end of a rule: what kind of thing, and which one. */
export function EndInput<K extends string>({ label, group, kinds, value, onChange }: Props<K>) {
  const t = useTranslations('access');
  const kind = value.kind as string;
  const name = value.name ?? '';
  return (
    <Group gap="sm" align="flex-end" className={styles.pair ?? ''}>
      <Select
        label={label}
        allowDeselect={false}
        data={kinds.map((k) => ({ value: k, label: t(`${group}.${k as string}`) }))}
        value={value.kind}
        onChange={(k) => {
          const wanted = kinds.find((known) => known === k);
          if (wanted !== undefined) onChange({ kind: wanted });
        }}
      />
      {kind === 'device' ? (
        <DevicePicker label={t('whichDevice')} value={name} onChange={(id) => onChange({ kind: value.kind, name: id })} />
      ) : null}
      {kind === 'user' || kind === 'user_group' || kind === 'device_group' ? (
        <NamePicker
          key={kind}
          kind={pickers[kind]}
          label={t(`which.${kind}`)}
          value={name}
          isRequired
          onChange={(chosen) => onChange({ kind: value.kind, name: chosen })}
        />
      ) : null}
    </Group>
  );
}
