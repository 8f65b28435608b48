import { Menu } from '@mantine/core';
import { useTranslations } from 'use-intl';
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
    <RowMenu label={t('actionsOf', { name })}>
      <Menu.Item onClick={() => onEdit(rule)}>{t('edit')}</Menu.Item>
      <Menu.Item onClick={() => onTurn(rule)}>{rule.enabled ? t('disable') : t('enable')}</Menu.Item>
      <Menu.Divider />
      <Menu.Item color="red" onClick={() => onDelete(rule)}>
        {t('delete')}
      </Menu.Item>
    </RowMenu>
  );
}
