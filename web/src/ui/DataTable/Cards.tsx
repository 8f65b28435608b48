import { Skeleton } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import { openRowMenu } from '../rowMenuAt';
import styles from './DataTable.module.css';
import type { Column, TableProps, Toggle } from './DataTable';
import { Tick } from './Row';

/** The list on a phone, and on a board. */
export function Cards<T>(props: TableProps<T> & { onToggle: Toggle }) {
  const { label, columns, rows, keyOf, nameOf, selected, onSelect, actions, gone, onToggle } = props;
  if (rows === undefined) {
    return (
      <div className={styles.cards} aria-busy="true">
        {Array.from({ length: 4 }, (_, index) => (
          <Skeleton key={index} height={88} className={styles.waiting ?? ''} />
        ))}
      </div>
    );
  }
  return (
    <ul className={styles.cards} aria-label={label} data-board={props.isBoard}>
      {rows.map((row) => {
        const key = keyOf(row);
        return (
          <Card
            key={key}
            id={key}
            row={row}
            name={nameOf(row)}
            columns={columns}
            isSelected={onSelect === undefined ? undefined : selected?.has(key) === true}
            isGone={gone?.has(key) === true}
            onToggle={onToggle}
            actions={actions}
          />
        );
      })}
    </ul>
  );
}

type CardProps<T> = {
  id: string;
  row: T;
  name: string;
  columns: readonly Column<T>[];
  isSelected: boolean | undefined;
  isGone: boolean;
  onToggle: Toggle;
  actions: ((row: T) => ReactNode) | undefined;
};

function PlainCard<T>({ id, row, name, columns, isSelected, isGone, onToggle, actions }: CardProps<T>) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the button in it does the same
    <li className={styles.card} data-key={id} data-selected={isSelected} data-gone={isGone || undefined} onContextMenu={openRowMenu}>
      {isSelected === undefined ? null : (
        // eslint-disable-next-line jsx-a11y/label-has-associated-control -- the box is inside; this is what a thumb hits
        <label className={styles.cardCheck}>
          <Tick id={id} name={name} isSelected={isSelected} onToggle={onToggle} />
        </label>
      )}
      <div className={styles.cardText}>
        {columns.map((column) =>
          column.card === undefined || column.card === 'state' ? null : (
            <div key={column.id} className={styles[column.card]} data-main={column.isMain}>
              {column.cell(row)}
            </div>
          ),
        )}
      </div>
      <div className={styles.cardEnd}>
        {columns.map((column) => (column.card === 'state' ? <div key={column.id}>{column.cell(row)}</div> : null))}
        {isGone ? null : actions?.(row)}
      </div>
    </li>
  );
}

const Card = memo(PlainCard) as typeof PlainCard;
