import { Checkbox, Skeleton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useMemo, useRef } from 'react';
import { useTranslations } from 'use-intl';
import styles from './DataTable.module.css';
import type { Column, TableProps, Toggle } from './DataTable';
import { Row } from './Row';
import { markScrolled } from './rowPress';
import { useWindowed } from './useWindowed';

type Props<T> = TableProps<T> & { onToggle: Toggle };

const none: readonly string[] = [];

/** The list as a table. */
export function Grid<T>(props: Props<T>) {
  const { label, columns, rows, keyOf, nameOf, sort, onSort, selected, onSelect, actions, active, gone } = props;
  const t = useTranslations('list');
  const body = useRef<HTMLTableSectionElement>(null);
  const all = rows ?? [];
  const keys = useMemo(() => (props.onMove === undefined ? none : (rows ?? []).map(keyOf)), [rows, keyOf, props.onMove]);
  const height = props.isDense === true ? 33 : 45;
  const { from, to } = useWindowed(all.length, height, body);
  const chosen = all.filter((row) => selected?.has(keyOf(row)) === true).length;
  const width = columns.length + (onSelect === undefined ? 0 : 1) + (actions === undefined ? 0 : 1);
  return (
    <div
      className={styles.scroll}
      role="region"
      aria-label={label}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is scrolled by the keyboard too
      tabIndex={0}
      data-reading={props.isReading}
      onScroll={markScrolled}
    >
      <table
        className={styles.table}
        aria-busy={rows === undefined}
        aria-rowcount={to - from < all.length ? all.length + 1 : undefined}
        data-dense={props.isDense}
        data-even={all.length > to - from || undefined}
      >
        <thead>
          <tr>
            {onSelect === undefined ? null : (
              <th scope="col" className={styles.check}>
                <Checkbox
                  aria-label={t('selectPage')}
                  disabled={all.length === 0}
                  checked={chosen > 0 && chosen === all.length}
                  indeterminate={chosen > 0 && chosen < all.length}
                  onChange={() => onSelect(chosen === all.length ? new Set() : new Set(all.map(keyOf)))}
                />
              </th>
            )}
            {columns.map((column) => (
              <Head key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
            {actions === undefined ? null : (
              <th scope="col" className={styles.end}>
                <span className="visually-hidden">{t('actions')}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows === undefined ? <Skeletons width={width} /> : null}
          <Space rows={from} height={height} width={width} />
          {all.slice(from, to).map((row, index) => {
            const key = keyOf(row);
            return (
              <Row
                key={key}
                id={key}
                row={row}
                name={nameOf(row)}
                position={to - from < all.length ? from + index + 2 : undefined}
                columns={columns}
                isSelected={onSelect === undefined ? undefined : selected?.has(key) === true}
                isActive={active === key}
                isGone={gone?.has(key) === true}
                onToggle={props.onToggle}
                actions={actions}
                keys={keys}
                onMove={props.onMove}
              />
            );
          })}
          <Space rows={all.length - to} height={height} width={width} />
        </tbody>
      </table>
    </div>
  );
}

/** Stands for the rows that nobody sees. */
function Space({ rows, height, width }: { rows: number; height: number; width: number }) {
  if (rows <= 0) return null;
  return (
    <tr aria-hidden className={styles.space}>
      <td colSpan={width} style={{ height: rows * height }} />
    </tr>
  );
}

function Skeletons({ width }: { width: number }) {
  return Array.from({ length: 8 }, (_, index) => (
    <tr key={index} className={styles.waiting}>
      {Array.from({ length: width }, (__, cell) => (
        <td key={cell}>
          <Skeleton height={16} />
        </td>
      ))}
    </tr>
  ));
}

function Head<T>({ column, sort, onSort }: { column: Column<T>; sort: string; onSort: (sort: string) => void }) {
  const word = column.sort;
  const align = column.isNumber === true ? styles.number : undefined;
  if (word === undefined) return <th scope="col" className={align} data-main={column.isMain}>{column.header}</th>;
  const isUp = sort === word;
  const isDown = sort === `-${word}`;
  return (
    <th scope="col" className={align} data-main={column.isMain} aria-sort={isUp ? 'ascending' : isDown ? 'descending' : undefined}>
      <button type="button" className={styles.sort} onClick={() => onSort(isUp ? `-${word}` : word)}>
        {column.header}
        {isUp ? <IconArrowUp size={16} aria-hidden /> : null}
        {isDown ? <IconArrowDown size={16} aria-hidden /> : null}
      </button>
    </th>
  );
}
