import { Checkbox } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import styles from './DataTable.module.css';
import type { Column, Toggle } from './DataTable';

type Props<T> = {
  id: string;
  row: T;
  name: string;
  position: number | undefined;
  columns: readonly Column<T>[];
  /** undefined: nothing can be selected. */
  isSelected: boolean | undefined;
  isActive: boolean;
  isGone: boolean;
  onToggle: Toggle;
  actions: ((row: T) => ReactNode) | undefined;
};

function PlainRow<T>({ id, row, name, position, columns, isSelected, isActive, isGone, onToggle, actions }: Props<T>) {
  const t = useTranslations('list');
  return (
    <tr
      data-key={id}
      data-selected={isSelected}
      data-gone={isGone || undefined}
      aria-rowindex={position}
      // What j and k go through; the tab key goes through the links.
      tabIndex={-1}
      data-active={isActive || undefined}
    >
      {isSelected === undefined ? null : (
        <td className={styles.check}>
          <Checkbox
            aria-label={t('selectRow', { name })}
            checked={isSelected}
            onChange={(event) => onToggle(id, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)}
          />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.id} className={column.isNumber === true ? styles.number : undefined} data-main={column.isMain}>
          {column.cell(row)}
        </td>
      ))}
      {actions === undefined ? null : <td className={styles.actions}>{isGone ? null : actions(row)}</td>}
    </tr>
  );
}

/** One row; drawn again only when it is another one, which is what keeps long lists quick. */
export const Row = memo(PlainRow) as typeof PlainRow;
