import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconArrowMerge, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { FormError } from '../../ui/FormError';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import styles from './books.module.css';
import { Colour } from './Colour';
import { MergeTag } from './MergeTag';
import { addTag, deleteTag, recolourTag, renameTag, tagsQuery, type Book, type CountedTag, type Tag } from './queries';

const usual = 0xff_1e_88_e5;

/** The tags of a book: names and colours, the same in every client. */
export function TagsTab({ book }: { book: Book }) {
  const t = useTranslations('books');
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data, error, refetch } = useQuery(tagsQuery(book.guid));
  const [name, setName] = useState('');
  const [colour, setColour] = useState(usual);
  const [doomed, setDoomed] = useState<Tag | null>(null);
  const [merged, setMerged] = useState<CountedTag | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ['books', book.guid] });
  const add = useMutation({
    mutationFn: () => addTag(book.guid, { name: name.trim(), color: colour }),
    onSuccess: async () => {
      setName('');
      await refresh();
    },
  });
  const remove = useMutation({
    mutationFn: (tag: Tag) => deleteTag(book.guid, tag.name),
    onSuccess: refresh,
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDoomed(null),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Card>
      <FormError error={add.error} />
      <form className={styles.row} onSubmit={submit}>
        <Colour label={t('colour')} value={colour} onChange={setColour} />
        <TextInput
          className={styles.grow ?? ''}
          label={t('newTag')}
          required
          withAsterisk={false}
          maxLength={128}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
        />
        <Button type="submit" leftSection={<IconPlus size={16} aria-hidden />} loading={add.isPending}>
          {t('addTheTag')}
        </Button>
      </form>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 ? <Empty title={t('noTags')} text={t('noTagsText')} /> : null}
      <ul className={styles.list}>
        {(data ?? []).map((tag) => (
          <TagRow
            key={tag.name}
            book={book.guid}
            tag={tag}
            onDone={refresh}
            onDelete={() => setDoomed(tag)}
            {...(data?.length === 1 ? {} : { onMerge: () => setMerged(tag) })}
          />
        ))}
      </ul>
      <Confirm
        isOpen={doomed !== null}
        title={t('deleteTagTitle', { name: doomed?.name ?? '' })}
        action={t('deleteTag')}
        isBusy={remove.isPending}
        onCancel={() => setDoomed(null)}
        onConfirm={() => doomed !== null && remove.mutate(doomed)}
      >
        {t('deleteTagText')}
      </Confirm>
      {merged === null ? null : <MergeTag book={book.guid} tag={merged} tags={data ?? []} onClose={() => setMerged(null)} />}
    </Card>
  );
}

type RowProps = { book: string; tag: CountedTag; onDone: () => Promise<void>; onDelete: () => void; onMerge?: () => void };

function TagRow({ book, tag, onDone, onDelete, onMerge }: RowProps) {
  const t = useTranslations('books');
  const textOf = useProblemText();
  const [name, setName] = useState(tag.name);
  const onError = (problem: unknown) => complain(textOf(problem));
  const rename = useMutation({ mutationFn: () => renameTag(book, tag.name, name.trim()), onSuccess: onDone, onError });
  const recolour = useMutation({
    mutationFn: (color: number) => recolourTag(book, { name: tag.name, color }),
    onSuccess: onDone,
    onError,
  });
  const isNew = name.trim() !== tag.name && name.trim() !== '';
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (isNew) rename.mutate();
  };
  return (
    <li>
      <form className={styles.item} onSubmit={submit}>
        <Colour label={t('colourOf', { name: tag.name })} value={tag.color} onChange={(color) => recolour.mutate(color)} />
        <TextInput
          className={styles.grow ?? ''}
          aria-label={t('nameOfTag', { name: tag.name })}
          maxLength={128}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
        />
        {isNew ? (
          <Button type="submit" variant="default" loading={rename.isPending}>
            {t('rename')}
          </Button>
        ) : null}
        <span className={styles.count}>{t('tagCount', { count: tag.count })}</span>
        {onMerge === undefined ? null : (
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('merge.of', { name: tag.name })} title={t('merge.of', { name: tag.name })} onClick={onMerge}>
            <IconArrowMerge size={18} aria-hidden />
          </ActionIcon>
        )}
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('deleteTagNamed', { name: tag.name })} onClick={onDelete}>
          <IconTrash size={18} aria-hidden />
        </ActionIcon>
      </form>
    </li>
  );
}
