import { ActionIcon, Button, Input, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../../entities/NamePicker';
import type { GroupMapping } from './providers';
import styles from './settings.module.css';

type Props = {
  /** Admin roles here, of which all that fit are held; else user groups, of which the first does. */
  isOfRoles?: boolean;
  value: readonly GroupMapping[];
  isReadOnly?: boolean;
  error?: string | undefined;
  onChange: (value: GroupMapping[]) => void;
};

/** What groups there are here. */
export function GroupMappings({ isOfRoles = false, value, isReadOnly = false, error, onChange }: Props) {
  const t = useTranslations('settings');
  const words = isOfRoles ? 'roleMapping' : 'mapping';
  const change = (index: number, part: Partial<GroupMapping>) =>
    onChange(value.map((mapping, i) => (i === index ? { ...mapping, ...part } : mapping)));
  return (
    <Input.Wrapper label={t(`${words}.title`)} description={t(`${words}.help`)} error={error} labelElement="div">
      <ul className={styles.list}>
        {value.map((mapping, index) => (
          <li key={index} className={styles.item}>
            <TextInput
              className={styles.grow ?? ''}
              label={t(`${words}.from`, { number: index + 1 })}
              disabled={isReadOnly}
              value={mapping.from}
              onChange={(e) => change(index, { from: e.currentTarget.value })}
            />
            <div className={styles.grow}>
              <NamePicker
                kind={isOfRoles ? 'admin-roles' : 'user-groups'}
                label={t(`${words}.to`, { number: index + 1 })}
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
              aria-label={t(`${words}.remove`, { number: index + 1 })}
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
        {t(`${words}.add`)}
      </Button>
    </Input.Wrapper>
  );
}
