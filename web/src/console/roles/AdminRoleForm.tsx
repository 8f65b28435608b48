import { Alert, Button, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { ConfirmTyped } from '../../ui/ConfirmTyped';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { SaveBar } from '../../ui/SaveBar';
import { complain, say } from '../../ui/toast';
import {
  addAdminRole, adminRolesQuery, changeAdminRole, changedMembers, deleteAdminRole, draftOf, emptyDraft, rightsFor,
  type AdminDraft, type AdminRight, type AdminRole,
} from './adminQueries';
import { HoldersInput } from './HoldersInput';
import { RightsInput } from './RightsInput';
import styles from './roles.module.css';
import { ScopeInput } from './ScopeInput';
import { ViewAs } from './ViewAs';

/** What a role is called, what it allows, where, and who holds it. */
export function AdminRoleForm({ role, rights }: { role: AdminRole | null; rights: readonly AdminRight[] }) {
  const t = useTranslations('adminRoles');
  const c = useTranslations('common');
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const textOf = useProblemText();
  const [stored, setStored] = useState<AdminDraft>(role === null ? emptyDraft : draftOf(role));
  const [draft, setDraft] = useState<AdminDraft>(stored);
  const [given, setGiven] = useState(role?.by_sources ?? []);
  const [made, setMade] = useState<string | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const change = (part: Partial<AdminDraft>) => setDraft({ ...draft, ...part });
  const changed = changedMembers(stored, draft);
  const count = Object.keys(changed).length;
  const save = useMutation({
    mutationFn: () => (role === null ? addAdminRole(draft) : changeAdminRole(role.guid, changed)),
    onSuccess: async (saved) => {
      setStored(draftOf(saved));
      setDraft(draftOf(saved));
      setGiven(saved.by_sources);
      await client.invalidateQueries({ queryKey: adminRolesQuery.queryKey });
      say(t('saved', { name: saved.name }));
      if (role === null) setMade(saved.guid);
    },
  });
  const remove = useMutation({
    mutationFn: () => deleteAdminRole(role?.guid ?? ''),
    onSuccess: async () => {
      setDraft(stored);
      await navigate({ to: '/roles/admin' });
      await client.invalidateQueries({ queryKey: adminRolesQuery.queryKey });
      say(t('deleted', { name: stored.name }));
    },
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDeleting(false),
  });
  // Only when nothing is unsaved any more: leaving would ask otherwise.
  useEffect(() => {
    if (made !== null && count === 0) void navigate({ to: '/roles/admin/$id', params: { id: made }, replace: true });
  }, [made, count, navigate]);
  return (
    <Page
      title={role === null ? t('add') : stored.name}
      suffix={`${t('title')} · ${me.server_name}`}
      lead={<Link to="/roles/admin">{t('toList')}</Link>}
      isNarrow
    >
      {save.error === null ? null : (
        <Alert color="red" variant="light" role="alert">
          {textOf(save.error)}
        </Alert>
      )}
      <Card title={t('about')}>
        <div className={styles.form}>
          <TextInput
            label={t('name')}
            required
            withAsterisk={false}
            maxLength={128}
            value={draft.name}
            onChange={(e) => change({ name: e.currentTarget.value })}
          />
          <Textarea
            label={t('note')}
            autosize
            minRows={1}
            maxLength={1000}
            value={draft.note}
            onChange={(e) => change({ note: e.currentTarget.value })}
          />
        </div>
      </Card>
      <Card title={t('where')}>
        <ScopeInput
          draft={draft}
          isFixed={role !== null}
          onType={(type) => change({ type, rights: rightsFor(draft.rights, rights, type) })}
          onChange={change}
        />
      </Card>
      <Card title={t('may')}>
        <RightsInput all={rights} type={draft.type} value={draft.rights} onChange={(value) => change({ rights: value })} />
      </Card>
      <HoldersInput value={draft.users} bySources={given} onChange={(users) => change({ users })} />
      <ViewAs draft={draft} />
      {role === null ? null : (
        <Card title={t('danger')}>
          <div>
            <Button variant="outline" color="red" onClick={() => setDeleting(true)}>
              {t('delete')}
            </Button>
          </div>
        </Card>
      )}
      <SaveBar
        count={count}
        action={role === null ? t('make') : c('save')}
        isBusy={save.isPending}
        onDiscard={() => setDraft(stored)}
        onSave={() => save.mutate()}
      />
      <ConfirmTyped
        isOpen={isDeleting}
        title={t('deleteTitle', { name: stored.name })}
        action={t('delete')}
        word={stored.name}
        isBusy={remove.isPending}
        onCancel={() => setDeleting(false)}
        onConfirm={() => remove.mutate()}
      >
        {t('deleteText', { count: role?.user_count ?? 0 })}
      </ConfirmTyped>
    </Page>
  );
}
