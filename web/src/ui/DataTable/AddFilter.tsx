import { Button, Drawer, Group, Menu, Modal, Stack, TextInput, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconFilter } from '@tabler/icons-react';
import { useState, type SyntheticEvent } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import styles from './AddFilter.module.css';
import { AskDays } from './AskDays';
import type { Filter, FilterOption } from './filters';

type Props = { filters: readonly Filter[]; onAdd: (key: string, value: string) => void };

/** What else the list can be narrowed by: a menu, and a sheet on a phone. */
export function AddFilter({ filters, onAdd }: Props) {
  const t = useTranslations('list');
  const c = useTranslations('common');
  const isPhone = useMediaQuery('(max-width: 639px)', false, { getInitialValueInEffect: false });
  const [isOpen, setOpen] = useState(false);
  const [asked, setAsked] = useState<Filter | null>(null);
  const ask = (filter: Filter) => {
    setOpen(false);
    setAsked(filter);
  };
  const add = (key: string, value: string) => {
    setOpen(false);
    setAsked(null);
    onAdd(key, value);
  };
  const button = (
    <Button variant="default" leftSection={<IconFilter size={16} aria-hidden />} onClick={() => setOpen(!isOpen)}>
      {t('addFilter')}
    </Button>
  );
  const question = asked === null ? null : asked.isDays === true ? (
    <AskDays filter={asked} onAdd={add} onClose={() => setAsked(null)} />
  ) : (
    <AskText filter={asked} onAdd={add} onClose={() => setAsked(null)} />
  );
  if (isPhone) {
    return (
      <>
        {button}
        {question}
        <Drawer
          opened={isOpen}
          onClose={() => setOpen(false)}
          position="bottom"
          size="70%"
          title={t('addFilter')}
          closeButtonProps={{ 'aria-label': c('close') }}
        >
          {filters.map((filter) => (
            <section key={filter.key} className={styles.group} aria-label={filter.label}>
              <h3 className={styles.label}>{filter.label}</h3>
              {filter.options.map((option) => (
                <UnstyledButton key={option.value} className={styles.option ?? ''} onClick={() => add(filter.key, option.value)}>
                  <Word option={option} />
                </UnstyledButton>
              ))}
              {filter.isText === true || filter.isDays === true ? (
                <UnstyledButton className={styles.option ?? ''} onClick={() => ask(filter)}>
                  {t(filter.isDays === true ? 'someDays' : 'containsAny')}
                </UnstyledButton>
              ) : null}
            </section>
          ))}
        </Drawer>
      </>
    );
  }
  return (
    <>
    {question}
    <Menu position="bottom-start" shadow="md" opened={isOpen} onChange={setOpen} width={280}>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown className={styles.menu ?? ''}>
        {filters.map((filter) => [
          <Menu.Label key={filter.key}>{filter.label}</Menu.Label>,
          ...filter.options.map((option) => (
            <Menu.Item key={`${filter.key} ${option.value}`} onClick={() => add(filter.key, option.value)}>
              <Word option={option} />
            </Menu.Item>
          )),
          filter.isText === true || filter.isDays === true ? (
            <Menu.Item key={`${filter.key} text`} onClick={() => ask(filter)}>
              {t(filter.isDays === true ? 'someDays' : 'containsAny')}
            </Menu.Item>
          ) : null,
        ])}
      </Menu.Dropdown>
    </Menu>
    </>
  );
}

function Word({ option }: { option: FilterOption }) {
  const format = useFormatter();
  if (option.count === undefined) return option.label;
  return (
    <span className={styles.word}>
      <span className={styles.name}>{option.label}</span>
      <span className={styles.count}>{format.number(option.count)}</span>
    </span>
  );
}

/** Rows that hold a text somewhere. */
function AskText({ filter, onAdd, onClose }: { filter: Filter; onAdd: Props['onAdd']; onClose: () => void }) {
  const t = useTranslations('list');
  const c = useTranslations('common');
  const [text, setText] = useState('');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (text.trim() !== '') onAdd(filter.key, `%${text.trim()}%`);
  };
  return (
    <Modal opened onClose={onClose} title={filter.label} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t('contains', { filter: filter.label })}
            data-autofocus
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button type="submit" disabled={text.trim() === ''}>
              {t('addFilter')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
