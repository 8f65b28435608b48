import { Menu } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { RowAction } from '../../ui/RowAction';
import { RowMenu } from '../../ui/RowMenu';
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
    <span className="one-line">
      <RowAction label={t('edit')} icon={<IconPencil size={18} aria-hidden />} onPress={() => onEdit(rule)} />
      <RowMenu label={t('actionsOf', { name })}>
        <Menu.Item onClick={() => onTurn(rule)}>{rule.enabled ? t('disable') : t('enable')}</Menu.Item>
        <Menu.Divider />
        <Menu.Item color="red" onClick={() => onDelete(rule)}>
          {t('delete')}
        </Menu.Item>
      </RowMenu>
    </span>
  );
}
