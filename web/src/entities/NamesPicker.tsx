import { Button, Group, Stack } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { NamePicker } from './NamePicker';

type Props = {
  kind: 'users' | 'user-groups' | 'device-groups';
  label: string;
  value: readonly string[];
  isReadOnly?: boolean;
  /** What is said beside a name, for instance why it is there. */
  noteOf?: (name: string) => string;
  onChange: (value: string[]) => void;
};

/** Several people or groups by name: those chosen, and a box that adds another. */
export function NamesPicker({ kind, label, value, isReadOnly = false, noteOf, onChange }: Props) {
  const t = useTranslations('entities');
  return (
    <Stack gap="xs">
      {isReadOnly ? null : (
        <NamePicker
          kind={kind}
          label={label}
          value=""
          isRequired
          onChange={(name) => {
            if (name !== '' && !value.includes(name)) onChange([...value, name]);
          }}
        />
      )}
      <Group gap="xs" role="group" aria-label={label}>
        {value.length === 0 ? t('nobody') : null}
        {value.map((name) => ({ name, note: noteOf?.(name) ?? '' })).map(({ name, note }) => (
          <Button
            key={name}
            size="xs"
            variant="light"
            disabled={isReadOnly}
            rightSection={<IconX size={14} aria-hidden />}
            aria-label={t('removeName', { name: note === '' ? name : `${name}, ${note}` })}
            onClick={() => onChange(value.filter((x) => x !== name))}
          >
            {note === '' ? name : `${name} · ${note}`}
          </Button>
        ))}
      </Group>
    </Stack>
  );
}
