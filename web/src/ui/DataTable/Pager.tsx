import { ActionIcon, Select, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconKeyboard } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { sizes, type ListSearch } from './listSearch';
import styles from './Pager.module.css';

type Props = {
  list: Pick<ListSearch, 'page' | 'size'>;
  /** There is one size only. */
  isFixed?: boolean;
  /** Undefined: it is being asked for. */
  total: number | undefined;
  onChange: (changes: Record<string, string | undefined>) => void;
  /** Shows the keys of the list. */
  onHelp?: () => void;
};

/** Where in the list one is; the total is always there. */
export function Pager({ list, total: known, onChange, onHelp, isFixed = false }: Props) {
  const t = useTranslations('list');
  const total = known ?? 0;
  const last = Math.max(1, Math.ceil(total / list.size));
  const from = total === 0 ? 0 : (list.page - 1) * list.size + 1;
  const to = Math.min(total, list.page * list.size);
  const go = (page: number) => onChange({ page: String(page) });
  return (
    <nav className={styles.pager} aria-label={t('paging')}>
      {onHelp === undefined ? null : (
        <ActionIcon data-list-help className={styles.help ?? ''} variant="subtle" color="gray" size={36} aria-label={t('shortcuts')} onClick={onHelp}>
          <IconKeyboard size={18} aria-hidden />
        </ActionIcon>
      )}
      {isFixed || total <= (sizes[0] ?? 0) ? null : (
        <Select
          aria-label={t('pageSize')}
          w={132}
          allowDeselect={false}
          data={sizes.map((size) => ({ value: String(size), label: t('perPage', { count: size }) }))}
          value={String(list.size)}
          onChange={(size) => onChange({ size: size ?? undefined })}
        />
      )}
      <span role="status">{known === undefined ? null : t('range', { from, to, total })}</span>
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
