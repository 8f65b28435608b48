import { ActionIcon, Button, Input, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../../entities/NamePicker';
import type { GroupMapping } from './providers';
import styles from './settings.module.css';

type Props = {
  value: readonly GroupMapping[];
  isReadOnly?: boolean;
  error?: string | undefined;
  onChange: (value: GroupMapping[]) => void;
};

/** Groups there and user groups here; the first that fits counts. */
export function GroupMappings({ value, isReadOnly = false, error, onChange }: Props) {
  const t = useTranslations('settings');
  const change = (index: number, part: Partial<GroupMapping>) =>
    onChange(value.map((mapping, i) => (i === index ? { ...mapping, ...part } : mapping)));
  return (
    <Input.Wrapper label={t('mapping.title')} description={t('mapping.help')} error={error} labelElement="div">
      <ul className={styles.list}>
        {value.map((mapping, index) => (
          <li key={index} className={styles.item}>
            <TextInput
              className={styles.grow ?? ''}
              label={t('mapping.from', { number: index + 1 })}
              disabled={isReadOnly}
              value={mapping.from}
              onChange={(e) => change(index, { from: e.currentTarget.value })}
            />
            <div className={styles.grow}>
              <NamePicker
                kind="user-groups"
                label={t('mapping.to', { number: index + 1 })}
                disabled={isReadOnly}
                value={mapping.to}
                onChange={(to) => change(index, { to })}
              />
            </div>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              disabled={isReadOnly}
              aria-label={t('mapping.remove', { number: index + 1 })}
              onClick={() => onChange(value.filter((_, i) => i !== index))}
            >
              <IconTrash size={18} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <Button
        variant="default"
        size="xs"
        disabled={isReadOnly}
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChange([...value, { from: '', to: '' }])}
      >
        {t('mapping.add')}
      </Button>
    </Input.Wrapper>
  );
}
