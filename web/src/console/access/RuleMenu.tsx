import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import type { Rule } from './queries';

type Props = {
  rule: Rule;
  name: string;
  onEdit: (rule: Rule) => void;
  onTurn: (rule: Rule) => void;
  onDelete: (rule: Rule) => void;
};

/** What can be done with a rule. */
export function RuleMenu({ rule, name, onEdit, onTurn, onDelete }: Props) {
  const t = useTranslations('access');
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('actionsOf', { name })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onEdit(rule)}>{t('edit')}</Menu.Item>
        <Menu.Item onClick={() => onTurn(rule)}>{rule.enabled ? t('disable') : t('enable')}</Menu.Item>
        <Menu.Divider />
        <Menu.Item color="red" onClick={() => onDelete(rule)}>
          {t('delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
