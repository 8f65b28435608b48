import { ActionIcon, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import type { ListSearch } from './listSearch';
import styles from './Pager.module.css';

type Props = { list: ListSearch; total: number; onChange: (changes: Record<string, string | undefined>) => void };

/** Where in the list one is; the total is always there. */
export function Pager({ list, total, onChange }: Props) {
  const t = useTranslations('list');
  const last = Math.max(1, Math.ceil(total / list.size));
  const from = total === 0 ? 0 : (list.page - 1) * list.size + 1;
  const to = Math.min(total, list.page * list.size);
  const go = (page: number) => onChange({ page: String(page) });
  return (
    <nav className={styles.pager} aria-label={t('paging')}>
      <span role="status">{t('range', { from, to, total })}</span>
      <Tooltip label={t('previous')}>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={t('previous')}
          disabled={list.page <= 1}
          onClick={() => go(list.page - 1)}
        >
          <IconChevronLeft size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t('next')}>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={t('next')}
          disabled={list.page >= last}
          onClick={() => go(list.page + 1)}
        >
          <IconChevronRight size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </nav>
  );
}
