import { Checkbox, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import styles from './DataTable.module.css';

export type Column<T> = {
  id: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** The server sorts by this word. */
  sort?: string;
  isNumber?: boolean;
  /** On a phone: the card's title, one of its lines, or not there. */
  card?: 'title' | 'line' | 'state';
};

type Props<T> = {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[] | undefined;
  keyOf: (row: T) => string;
  nameOf: (row: T) => string;
  sort: string;
  onSort: (sort: string) => void;
  selected?: ReadonlySet<string>;
  onSelect?: (selected: Set<string>) => void;
  actions?: (row: T) => ReactNode;
};

/** A list on a native table; cards on a phone, from the same columns. The server sorts, filters and pages. */
export function DataTable<T>(props: Props<T>) {
  const isPhone = useMediaQuery('(max-width: 639px)', false, { getInitialValueInEffect: false });
  return isPhone ? <Cards {...props} /> : <Grid {...props} />;
}

function Grid<T>({ label, columns, rows, keyOf, nameOf, sort, onSort, selected, onSelect, actions }: Props<T>) {
  const t = useTranslations('list');
  const all = rows ?? [];
  const chosen = all.filter((row) => selected?.has(keyOf(row)) === true).length;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is scrolled by the keyboard too
    <div className={styles.scroll} role="region" aria-label={label} tabIndex={0}>
      <table className={styles.table} aria-busy={rows === undefined}>
        <thead>
          <tr>
            {onSelect === undefined ? null : (
              <th scope="col" className={styles.check}>
                <Checkbox
                  aria-label={t('selectPage')}
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
              <th scope="col">
                <span className="visually-hidden">{t('actions')}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows === undefined
            ? Array.from({ length: 6 }, (_, index) => (
                <tr key={index}>
                  <td colSpan={columns.length + 2}>
                    <Skeleton height={16} />
                  </td>
                </tr>
              ))
            : all.map((row) => {
                const key = keyOf(row);
                return (
                  <tr key={key} data-selected={selected?.has(key)}>
                    {onSelect === undefined ? null : (
                      <td className={styles.check}>
                        <Checkbox
                          aria-label={t('selectRow', { name: nameOf(row) })}
                          checked={selected?.has(key) === true}
                          onChange={() => onSelect(toggled(selected ?? new Set(), key))}
                        />
                      </td>
                    )}
                    {columns.map((column) => (
                      <td key={column.id} className={column.isNumber === true ? styles.number : undefined}>
                        {column.cell(row)}
                      </td>
                    ))}
                    {actions === undefined ? null : <td className={styles.actions}>{actions(row)}</td>}
                  </tr>
                );
              })}
        </tbody>
      </table>
    </div>
  );
}

function Head<T>({ column, sort, onSort }: { column: Column<T>; sort: string; onSort: (sort: string) => void }) {
  const word = column.sort;
  if (word === undefined) return <th scope="col">{column.header}</th>;
  const isUp = sort === word;
  const isDown = sort === `-${word}`;
  return (
    <th scope="col" aria-sort={isUp ? 'ascending' : isDown ? 'descending' : undefined}>
      <button type="button" className={styles.sort} onClick={() => onSort(isUp ? `-${word}` : word)}>
        {column.header}
        {isUp ? <IconArrowUp size={16} aria-hidden /> : null}
        {isDown ? <IconArrowDown size={16} aria-hidden /> : null}
      </button>
    </th>
  );
}

function Cards<T>({ label, columns, rows, keyOf, nameOf, selected, onSelect, actions }: Props<T>) {
  const t = useTranslations('list');
  if (rows === undefined) return <Skeleton height={88} />;
  return (
    <ul className={styles.cards} aria-label={label}>
      {rows.map((row) => {
        const key = keyOf(row);
        return (
          <li key={key} className={styles.card} data-selected={selected?.has(key)}>
            {onSelect === undefined ? null : (
              <Checkbox
                size="md"
                aria-label={t('selectRow', { name: nameOf(row) })}
                checked={selected?.has(key) === true}
                onChange={() => onSelect(toggled(selected ?? new Set(), key))}
              />
            )}
            <div className={styles.cardText}>
              {columns.map((column) =>
                column.card === undefined ? null : (
                  <div key={column.id} className={styles[column.card]}>
                    {column.cell(row)}
                  </div>
                ),
              )}
            </div>
            {actions?.(row)}
          </li>
        );
      })}
    </ul>
  );
}

function toggled(before: ReadonlySet<string>, key: string): Set<string> {
  const after = new Set(before);
  if (!after.delete(key)) after.add(key);
  return after;
}
