import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import type { Filter } from './filters';

type Props = { filter: Filter; onAdd: (key: string, value: string) => void; onClose: () => void };

/** Which day, or which days. */
export function AskDays({ filter, onAdd, onClose }: Props) {
  const t = useTranslations('list');
  const c = useTranslations('common');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (from !== '' || to !== '') onAdd(filter.key, to === '' || to === from ? from : `${from}..${to}`);
  };
  return (
    <Modal opened onClose={onClose} title={filter.label} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput type="date" label={t('day')} data-autofocus value={from} onChange={(e) => setFrom(e.currentTarget.value)} />
          <TextInput type="date" label={t('lastDay')} min={from} value={to} onChange={(e) => setTo(e.currentTarget.value)} />
          <Group justify="flex-end">
            <Button type="submit" disabled={from === '' && to === ''}>
              {t('addFilter')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
