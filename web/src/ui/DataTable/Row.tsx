import { memo, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { openRowMenu } from '../rowMenuAt';
import styles from './DataTable.module.css';
import type { Column, Toggle } from './DataTable';
import { pressRow } from './rowPress';
import { rowDrag, type Move } from './useRowDrag';

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
  /** All that are shown, where rows have places. */
  keys: readonly string[];
  onMove: Move | undefined;
};

function PlainRow<T>({ id, row, name, position, columns, isSelected, isActive, isGone, onToggle, actions, keys, onMove }: Props<T>) {
  return (
    <tr
      data-key={id}
      data-selected={isSelected}
      data-gone={isGone || undefined}
      aria-rowindex={position}
      // What j and k go through; the tab key goes through the links.
      tabIndex={-1}
      data-active={isActive || undefined}
      onContextMenu={openRowMenu}
      onClick={pressRow}
      onAuxClick={pressRow}
      {...rowDrag(id, keys, onMove)}
    >
      {isSelected === undefined ? null : (
        <td className={styles.check}>
          <Tick id={id} name={name} isSelected={isSelected} onToggle={onToggle} />
        </td>
      )}
      <Cells row={row} columns={columns} actions={isGone ? noActions : actions} />
    </tr>
  );
}

const noActions = () => null;

/** One row; drawn again only when it is another one, which is what keeps long lists quick. */
export const Row = memo(PlainRow) as typeof PlainRow;

type CellProps<T> = { row: T; columns: readonly Column<T>[]; actions: ((row: T) => ReactNode) | undefined };

function PlainCells<T>({ row, columns, actions }: CellProps<T>) {
  return (
    <>
      {columns.map((column) => (
        <td key={column.id} className={column.isNumber === true ? styles.number : undefined} data-main={column.isMain}>
          {column.cell(row)}
        </td>
      ))}
      {actions === undefined ? null : <td className={styles.actions}>{actions(row)}</td>}
    </>
  );
}

// Being selected changes the row around its cells, and none of them.
const Cells = memo(PlainCells) as typeof PlainCells;

type TickProps = { id: string; name: string; isSelected: boolean; onToggle: Toggle };

/** The browser's own box: a hundred of the kit's take too long. */
export function Tick({ id, name, isSelected, onToggle }: TickProps) {
  const t = useTranslations('list');
  return (
    <input
      type="checkbox"
      className={styles.tick}
      aria-label={t('selectRow', { name })}
      checked={isSelected}
      onChange={(event) => onToggle(id, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)}
    />
  );
}
