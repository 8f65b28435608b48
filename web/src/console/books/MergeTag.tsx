import { Button, Group, Modal, Select, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { FormError } from '../../ui/FormError';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import styles from './books.module.css';
import { mergeTag, unmergeTags, type CountedTag } from './queries';

type Props = { book: string; tag: CountedTag; tags: readonly CountedTag[]; onClose: () => void };

/** Makes a tag another one, on every device that has it. */
export function MergeTag({ book, tag, tags, onClose }: Props) {
  const t = useTranslations('books');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const [into, setInto] = useState('');
  const refresh = () => client.invalidateQueries({ queryKey: ['books', book] });
  const merge = useMutation({
    mutationFn: () => mergeTag(book, tag.name, into),
    onSuccess: async (merged) => {
      await refresh();
      onClose();
      sayWithUndo(t('merge.done', { from: tag.name, into }), t('undo'), () => {
        void unmergeTags(book, merged, into).then(refresh, (problem: unknown) => complain(textOf(problem)));
      });
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('merge.of', { name: tag.name })} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        <FormError error={merge.error} />
        <Select
          label={t('merge.into')}
          data={tags.filter((other) => other.name !== tag.name).map((other) => other.name)}
          value={into === '' ? null : into}
          searchable
          nothingFoundMessage={t('nothingToPick')}
          onChange={(name) => setInto(name ?? '')}
        />
        <p className={styles.hint}>{t('merge.text', { count: tag.count, name: tag.name })}</p>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {c('cancel')}
          </Button>
          <Button disabled={into === ''} loading={merge.isPending} onClick={() => merge.mutate()}>
            {t('merge.now')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
