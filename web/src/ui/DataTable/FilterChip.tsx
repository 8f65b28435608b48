import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconX } from '@tabler/icons-react';
import { useFormatter, useTranslations } from 'use-intl';
import type { Filter } from './filters';
import styles from './ListBar.module.css';
import { textOf, valuesOf } from './manyValues';

type Props = { filter: Filter; text: string; isMany: boolean; onChange: (text: string | undefined) => void };

/** A filter that is on. One value goes with a press; of several the press asks which. */
export function FilterChip({ filter, text, isMany, onChange }: Props) {
  const t = useTranslations('list');
  const format = useFormatter();
  const wordOf = (value: string) =>
    filter.options.find((o) => o.value === value)?.label ?? filter.wordOf?.(value) ?? value.replace(/^%?(.*?)%?$/, '$1');
  const values = isMany ? valuesOf(text) : [text];
  const word = format.list(values.map(wordOf), { type: 'disjunction' });
  const shown = `${filter.label}: ${word}`;
  if (values.length < 2) {
    return (
      <Button
        variant="light"
        className={styles.chip ?? ''}
        rightSection={<IconX size={16} aria-hidden />}
        aria-label={t('removeFilter', { filter: filter.label, value: word })}
        onClick={() => onChange(undefined)}
      >
        {shown}
      </Button>
    );
  }
  return (
    <Menu position="bottom-start" shadow="md">
      <Menu.Target>
        <Button variant="light" className={styles.chip ?? ''} rightSection={<IconChevronDown size={16} aria-hidden />}>
          {shown}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {values.map((value) => (
          <Menu.Item
            key={value}
            leftSection={<IconX size={16} aria-hidden />}
            onClick={() => onChange(textOf(values.filter((other) => other !== value)))}
          >
            {t('removeValue', { value: wordOf(value) })}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => onChange(undefined)}>{t('removeAllValues')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
