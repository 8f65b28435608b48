import { UnstyledButton } from '@mantine/core';
import { IconBan, IconCircleCheck } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import type { Column } from '../../ui/DataTable/DataTable';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import styles from './access.module.css';
import type { Rule, Source } from './queries';
import { useEndText } from './useEndText';
import { useHoursText } from './useHoursText';

/** A rule, or what opens devices without one. */
export type Row = Rule | Source;

export const isRule = (row: Row): row is Rule => 'guid' in row;

/** What is told of each; a press on the name edits, where somebody may. */
export function useRuleColumns(onEdit: ((rule: Rule) => void) | null): readonly Column<Row>[] {
  const t = useTranslations('access');
  const format = useFormatter();
  const end = useEndText();
  const hours = useHoursText();
  return useMemo(() => {
    const name = (rule: Rule) => (rule.name === '' ? t('unnamed') : rule.name);
    const nameCell = (rule: Rule) =>
      onEdit === null ? (
        name(rule)
      ) : (
        <UnstyledButton className={styles.link ?? ''} onClick={() => onEdit(rule)}>
          {name(rule)}
        </UnstyledButton>
      );
    return [
      { id: 'name', header: t('name'), isFixed: true, isMain: true, sort: 'name', card: 'title', cell: (r) => (isRule(r) ? nameCell(r) : t(`sources.${r.source}`)) },
      {
        id: 'state',
        inFile: 'enabled',
        header: t('state'),
        isFixed: true,
        sort: 'enabled',
        card: 'state',
        cell: (r) =>
          !isRule(r) || r.enabled ? (
            <Status tone="ok" icon={IconCircleCheck} word={t('on')} />
          ) : (
            <Status tone="neutral" icon={IconBan} word={t('off')} />
          ),
      },
      { id: 'who', inFile: ['subject_kind', 'subject'], header: t('who'), card: 'line', cell: (r) => (isRule(r) ? end.subject(r.subject) : t(`sourceWho.${r.source}`)) },
      { id: 'what', inFile: ['target_kind', 'target'], header: t('what'), card: 'line', cell: (r) => (isRule(r) ? end.target(r.target) : t(`sourceWhat.${r.source}`)) },
      { id: 'source', header: t('source'), cell: (r) => t(isRule(r) ? 'sourceRule' : 'sourceSetting') },
      { id: 'pairs', inFile: 'pairs', header: t('pairs'), isNumber: true, cell: (r) => format.number(r.pairs) },
      { id: 'used', inFile: 'last_used', header: t('lastUsed'), sort: 'last_used', cell: (r) => <TimeText iso={isoOf(r.last_used)} /> },
      { id: 'when', inFile: 'schedule', header: t('when'), cell: (r) => (isRule(r) ? hours(r.schedule) : t('always')) },
      { id: 'role', inFile: 'control_role', header: t('role'), cell: (r) => (isRule(r) && r.control_role !== '' ? r.control_role : t('ownRole')) },
      { id: 'note', inFile: 'note', header: t('note'), cell: (r) => (isRule(r) ? <span className={styles.under}>{r.note}</span> : null) },
    ];
  }, [t, format, end, hours, onEdit]);
}
