import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { IconTrash, IconUser, IconUsersGroup, IconWorld } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { NamePicker } from '../../entities/NamePicker';
import { Card } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { FormError } from '../../ui/FormError';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import styles from './books.module.css';
import { changeShare, share, sharesQuery, unshare, type Book, type Rule, type Share } from './queries';
import { ShareResult } from './ShareResult';

type Kind = 'everyone' | 'group' | 'user';
const kinds: readonly Kind[] = ['everyone', 'group', 'user'];
const rules: readonly Rule[] = [1, 2, 3];

const ruleOf = (text: string | null): Rule => rules.find((r) => String(r) === text) ?? 1;

/** Who may use a book, and what. */
export function SharingTab({ book }: { book: Book }) {
  const t = useTranslations('books');
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data, error, refetch } = useQuery(sharesQuery(book.guid));
  const refresh = () => client.invalidateQueries({ queryKey: ['books', book.guid, 'shares'] });
  const onError = (problem: unknown) => complain(textOf(problem));
  const change = useMutation({
    mutationFn: ({ guid, rule }: { guid: string; rule: Rule }) => changeShare(guid, rule),
    onSuccess: refresh,
    onError,
  });
  const remove = useMutation({ mutationFn: unshare, onSuccess: refresh, onError });
  const shares = data?.data ?? [];
  return (
    <div className={styles.detail}>
      <Card title={t('sharedWith')}>
        <p className={styles.hint}>{t('sharingText')}</p>
        {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
        {data?.total === 0 ? <p className={styles.hint}>{t('noShares', { owner: book.owner })}</p> : null}
        <ul className={styles.list}>
          {shares.map((one) => (
            <li key={one.guid} className={styles.item}>
              <Who share={one} />
              <Select
                aria-label={t('rightOf', { name: one.user ?? one.group ?? t('kinds.everyone') })}
                allowDeselect={false}
                data={rules.map((rule) => ({ value: String(rule), label: t(`rulesLong.${rule}`) }))}
                value={String(one.rule)}
                onChange={(text) => change.mutate({ guid: one.guid, rule: ruleOf(text) })}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={t('stopSharing', { name: one.user ?? one.group ?? t('kinds.everyone') })}
                onClick={() => remove.mutate(one.guid)}
              >
                <IconTrash size={18} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
        <AddShare book={book} onDone={refresh} />
      </Card>
      <ShareResult book={book} shares={shares} />
    </div>
  );
}

function Who({ share: one }: { share: Share }) {
  const t = useTranslations('books');
  const [kind, name] = one.user !== undefined ? (['user', one.user] as const) : one.group !== undefined ? (['group', one.group] as const) : (['everyone', ''] as const);
  const Icon = kind === 'user' ? IconUser : kind === 'group' ? IconUsersGroup : IconWorld;
  return (
    <span className={`${styles.grow} ${styles.tagBar}`}>
      <Icon size={18} stroke={1.75} aria-hidden />
      {name === '' ? t('kinds.everyone') : <span>{t(`named.${kind === 'user' ? 'user' : 'group'}`, { name })}</span>}
    </span>
  );
}

function AddShare({ book, onDone }: { book: Book; onDone: () => Promise<void> }) {
  const t = useTranslations('books');
  const me = useMe();
  const [kind, setKind] = useState<Kind>('group');
  const [name, setName] = useState('');
  const [rule, setRule] = useState<Rule>(1);
  const add = useMutation({
    mutationFn: () => share(book.guid, rule, kind === 'user' ? { user: name } : kind === 'group' ? { group: name } : {}),
    onSuccess: async () => {
      setName('');
      await onDone();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    add.mutate();
  };
  const label = kind === 'user' ? t('kinds.user') : t('kinds.group');
  const mayPick = can(me, kind === 'user' ? 'users.view' : 'groups.view');
  return (
    <form className={styles.form} onSubmit={submit}>
      <FormError error={add.error} />
      <div className={styles.row}>
        <Select
          label={t('shareWith')}
          allowDeselect={false}
          data={kinds.map((k) => ({ value: k, label: t(`kinds.${k}`) }))}
          value={kind}
          onChange={(k) => {
            setKind(kinds.find((one) => one === k) ?? 'group');
            setName('');
          }}
        />
        {kind === 'everyone' ? null : mayPick ? (
          <NamePicker kind={kind === 'user' ? 'users' : 'user-groups'} label={label} value={name} onChange={setName} />
        ) : (
          <TextInput label={label} value={name} onChange={(e) => setName(e.currentTarget.value)} />
        )}
        <Select
          label={t('right')}
          allowDeselect={false}
          data={rules.map((r) => ({ value: String(r), label: t(`rulesLong.${r}`) }))}
          value={String(rule)}
          onChange={(text) => setRule(ruleOf(text))}
        />
        <Button type="submit" disabled={kind !== 'everyone' && name === ''} loading={add.isPending}>
          {t('shareIt')}
        </Button>
      </div>
    </form>
  );
}
