import { Alert, Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useGuardedSave } from '../../ui/conflict/useGuardedSave';
import { useProblemText } from '../../ui/problemText';
import { addStrategy, changeStrategy, readStrategy, type Strategy } from './queries';

/** A strategy's name and note; a new one is opened in the editor. */
export function StrategyForm({ strategy, onClose }: { strategy: Strategy | null; onClose: () => void }) {
  const t = useTranslations('strategies');
  const c = useTranslations('common');
  const client = useQueryClient();
  const navigate = useNavigate();
  const textOf = useProblemText();
  const [name, setName] = useState(strategy?.name ?? '');
  const [note, setNote] = useState(strategy?.note ?? '');
  const save = useGuardedSave({
    base: { values: { name: strategy?.name ?? '', note: strategy?.note ?? '' }, version: strategy?.version },
    read: async () => {
      const { name: now, note: said, version } = await readStrategy(strategy?.guid ?? '');
      return { values: { name: now, note: said }, version };
    },
    save: (changes, version, current) =>
      strategy === null
        ? addStrategy({ ...current, ...changes, config_options: {} })
        : changeStrategy(strategy.guid, changes, version),
    fields: [
      { name: 'name', label: t('name') },
      { name: 'note', label: t('note') },
    ],
    onSaved: async (saved) => {
      await client.invalidateQueries({ queryKey: ['strategy'] });
      onClose();
      if (strategy === null && saved !== undefined) await navigate({ to: '/strategies/$guid', params: { guid: saved.guid } });
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.submit({ name, note });
  };
  return (
    <Modal opened onClose={onClose} title={strategy === null ? t('add') : t('rename')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {save.error === null ? null : (
            <Alert color="red" variant="light" role="alert">
              {textOf(save.error)}
            </Alert>
          )}
          <TextInput
            label={t('name')}
            required
            withAsterisk={false}
            maxLength={128}
            data-autofocus
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
          />
          <Textarea label={t('note')} autosize minRows={1} maxLength={1000} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {strategy === null ? t('makeAndEdit') : c('save')}
            </Button>
          </Group>
        </Stack>
      </form>
      {save.view}
    </Modal>
  );
}
