import { Button, Group, Input } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../../entities/NamePicker';
import type { Peer } from './queries';

type Props = {
  label: string;
  description: string;
  types: readonly Peer['type'][];
  value: Peer[];
  onChange: (value: Peer[]) => void;
};

const kinds = { 0: 'user-groups', 1: 'device-groups', 2: 'users' } as const;

/** The other ends of a reach, each a chip that can be taken away. */
export function PeersInput({ label, description, types, value, onChange }: Props) {
  const t = useTranslations('groups');
  const add = (type: Peer['type'], name: string) => {
    if (name !== '' && !value.some((p) => p.type === type && p.name === name)) onChange([...value, { type, name }]);
  };
  return (
    <Input.Wrapper label={label} description={description} labelElement="div">
      <Group gap="xs" mt="xs">
        {value.map((peer) => (
          <Button
            key={`${peer.type} ${peer.name}`}
            size="xs"
            variant="light"
            rightSection={<IconX size={14} aria-hidden />}
            aria-label={t('remove', { name: peer.name })}
            onClick={() => onChange(value.filter((p) => p !== peer))}
          >
            {peer.name}
          </Button>
        ))}
      </Group>
      {types.map((type) => (
        <NamePicker key={type} kind={kinds[type]} label={t(`addPeer.${type}`)} value="" onChange={(name) => add(type, name)} />
      ))}
    </Input.Wrapper>
  );
}
