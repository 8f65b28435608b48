import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
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
import { addTag, argbOf, cssOf, deleteTag, recolourTag, renameTag, tagsQuery, type Book, type Tag } from './queries';

const usual = '#1e88e5';

/** The tags of a book: names and colours, the same in every client. */
export function TagsTab({ book }: { book: Book }) {
  const t = useTranslations('books');
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data, error, refetch } = useQuery(tagsQuery(book.guid));
  const [name, setName] = useState('');
  const [colour, setColour] = useState(usual);
  const [doomed, setDoomed] = useState<Tag | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ['books', book.guid] });
  const add = useMutation({
    mutationFn: () => addTag(book.guid, { name: name.trim(), color: argbOf(colour) }),
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
          <TagRow key={tag.name} book={book.guid} tag={tag} onDone={refresh} onDelete={() => setDoomed(tag)} />
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
    </Card>
  );
}

type RowProps = { book: string; tag: Tag; onDone: () => Promise<void>; onDelete: () => void };

function TagRow({ book, tag, onDone, onDelete }: RowProps) {
  const t = useTranslations('books');
  const textOf = useProblemText();
  const [name, setName] = useState(tag.name);
  const onError = (problem: unknown) => complain(textOf(problem));
  const rename = useMutation({ mutationFn: () => renameTag(book, tag.name, name.trim()), onSuccess: onDone, onError });
  const recolour = useMutation({
    mutationFn: (css: string) => recolourTag(book, { name: tag.name, color: argbOf(css) }),
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
        <Colour label={t('colourOf', { name: tag.name })} value={cssOf(tag.color)} onChange={(css) => recolour.mutate(css)} />
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
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('deleteTagNamed', { name: tag.name })} onClick={onDelete}>
          <IconTrash size={18} aria-hidden />
        </ActionIcon>
      </form>
    </li>
  );
}

type ColourProps = { label: string; value: string; onChange: (css: string) => void };

// The browser's own picker; told when it is closed, not at each step on the way.
function Colour({ label, value, onChange }: ColourProps) {
  const [now, setNow] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setNow(value);
  }
  return (
    <input
      type="color"
      className={styles.colour}
      aria-label={label}
      title={label}
      value={now}
      onChange={(e) => setNow(e.currentTarget.value)}
      onBlur={() => now !== value && onChange(now)}
    />
  );
}
