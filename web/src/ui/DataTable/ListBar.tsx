import { Button, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useRef, useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useKeys } from '../keys';
import { AddFilter } from './AddFilter';
import { FilterChip } from './FilterChip';
import type { Filter } from './filters';
import styles from './ListBar.module.css';
import type { Change, ListSearch } from './listSearch';
import { mostValues, textOf, valuesOf } from './manyValues';

export type { Filter } from './filters';

type Props = {
  list: ListSearch;
  placeholder: string;
  filters?: readonly Filter[];
  extra?: ReactNode;
  onChange: Change;
};

/** One box to search, and a chip for every filter that is on. */
export function ListBar({ list, placeholder, filters = [], extra, onChange }: Props) {
  const t = useTranslations('list');
  const box = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(list.q);
  const [sent, setSent] = useState(list.q);
  const send = useDebouncedCallback((q: string) => {
    setSent(q);
    onChange({ q }, true);
  }, 300);
  useKeys({ '/': () => box.current?.focus() });
  // Back and forward change the address behind the box.
  const [known, setKnown] = useState(list.q);
  if (known !== list.q) {
    setKnown(list.q);
    // Not over what was typed since.
    if (list.q !== sent) setText(list.q);
  }

  const active = filters.filter((f) => list.filters[f.key] !== undefined);
  const isMany = (key: string) => list.many.includes(key);
  const chosen = (key: string) => (isMany(key) ? valuesOf(list.filters[key]) : []);
  const free = filters
    .filter((f) => f.isHidden !== true && (list.filters[f.key] === undefined || (isMany(f.key) && chosen(f.key).length < mostValues)))
    .map((f) => (list.filters[f.key] === undefined ? f : { ...f, options: f.options.filter((o) => !chosen(f.key).includes(o.value)) }))
    .filter((f) => f.options.length > 0 || f.isText === true || f.isDays === true);
  const add = (key: string, value: string) => onChange({ [key]: isMany(key) ? textOf([...chosen(key), value]) : value });
  return (
    <div className={styles.bar} role="search">
      <TextInput
        ref={box}
        className={styles.box ?? ''}
        type="search"
        placeholder={placeholder}
        aria-label={placeholder}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onKeyDown={(event) => {
          // Out of the box and back to the list.
          if (event.key === 'Escape' && text === '') event.currentTarget.blur();
        }}
        onChange={(event) => {
          setText(event.currentTarget.value);
          send(event.currentTarget.value);
        }}
      />
      {active.map((filter) => (
        <FilterChip
          key={filter.key}
          filter={filter}
          text={list.filters[filter.key] ?? ''}
          isMany={isMany(filter.key)}
          onChange={(text) => onChange({ [filter.key]: text })}
        />
      ))}
      {free.length === 0 ? null : <AddFilter filters={free} onAdd={add} />}
      {active.length === 0 && list.q === '' ? null : (
        <Button
          variant="subtle"
          onClick={() => {
            setText('');
            onChange({ q: undefined, ...Object.fromEntries(filters.map((f) => [f.key, undefined])) });
          }}
        >
          {t('clear')}
        </Button>
      )}
      {extra}
    </div>
  );
}
