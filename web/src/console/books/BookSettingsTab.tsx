import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { NamePicker } from '../../entities/NamePicker';
import { Card, Facts } from '../../ui/Card';
import { ConfirmTyped } from '../../ui/ConfirmTyped';
import { FormError } from '../../ui/FormError';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';
import styles from './books.module.css';
import { booksQuery, changeBook, deleteBook, tagsQuery, type Book, type BookChange } from './queries';

/** A book's name, owner, password, and its end. */
export function BookSettingsTab({ book }: { book: Book }) {
  const t = useTranslations('books');
  const c = useTranslations('common');
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const textOf = useProblemText();
  const [name, setName] = useState(book.name);
  const [note, setNote] = useState(book.note);
  const [owner, setOwner] = useState(book.owner);
  const [password, setPassword] = useState('');
  const [isDeleting, setDeleting] = useState(false);
  const { data: books } = useQuery(booksQuery);
  const { data: tags = [] } = useQuery(tagsQuery(book.guid));
  const refresh = () => client.invalidateQueries({ queryKey: ['books'] });
  const save = useMutation({
    mutationFn: (change: BookChange) => changeBook(book.guid, change),
    onSuccess: async () => {
      setPassword('');
      await refresh();
      say(t('saved'));
    },
  });
  const remove = useMutation({
    mutationFn: () => deleteBook(book.guid),
    onSuccess: async () => {
      await navigate({ to: '/books' });
      await refresh();
    },
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDeleting(false),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate({
      name,
      note,
      ...(owner === book.owner ? {} : { owner }),
      ...(password === '' ? {} : { info: { password } }),
    });
  };
  return (
    <div className={styles.detail}>
      <Card>
        <form className={styles.form} onSubmit={submit}>
          <FormError error={save.error} />
          <TextInput label={t('name')} required withAsterisk={false} maxLength={128} value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <TextInput label={t('noteOptional')} maxLength={1000} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
          {can(me, 'users.view') ? (
            <NamePicker kind="users" label={t('owner')} isRequired value={owner} onChange={setOwner} />
          ) : null}
          <PasswordInput
            label={t('bookPasswordOptional')}
            description={book.password_set ? t('passwordKept') : t('bookPasswordHelp')}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('reveal'), tabIndex: 0 }}
            value={password}
            onChange={(e) => setPassword(e.currentTarget.value)}
          />
          <div className={styles.row}>
            <Button type="submit" loading={save.isPending}>
              {c('save')}
            </Button>
            {book.password_set ? (
              <Button variant="default" onClick={() => save.mutate({ info: { password: '' } })}>
                {t('takeBookPassword')}
              </Button>
            ) : null}
          </div>
        </form>
      </Card>
      {books === undefined ? null : (
        <Card title={t('limits.title')}>
          <Facts
            items={[
              [t('entries'), t('limits.of', { count: book.entries, most: books.limits.entries })],
              [t('tags'), t('limits.of', { count: tags.length, most: books.limits.tags })],
              [t('limits.tagsOfEntry'), t('limits.most', { most: books.limits.tags_of_entry })],
              [t('tabs.bin'), t('limits.of', { count: book.binned, most: books.limits.binned })],
            ]}
          />
        </Card>
      )}
      <Card title={t('danger')}>
        <p className={styles.hint}>{t('deleteBookText', { count: book.entries })}</p>
        <div>
          <Button variant="default" color="red" onClick={() => setDeleting(true)}>
            {t('deleteBook')}
          </Button>
        </div>
      </Card>
      <ConfirmTyped
        isOpen={isDeleting}
        title={t('deleteBookTitle', { name: book.name })}
        action={t('deleteBook')}
        word={book.name}
        isBusy={remove.isPending}
        onCancel={() => setDeleting(false)}
        onConfirm={() => remove.mutate()}
      >
        {t('deleteBookText', { count: book.entries })}
      </ConfirmTyped>
    </div>
  );
}
