import { ActionIcon, Button, Menu, Skeleton } from '@mantine/core';
import { IconBan, IconCircleCheck, IconCircleX, IconDots, IconMinus, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Confirm } from '../../ui/Confirm';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { Status } from '../../ui/Status';
import { complain } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import { AssignForm } from './AssignForm';
import { addRole, changeRole, deleteRole, permissionNames, rolesQuery, type PermissionState, type Role } from './queries';
import { RoleForm } from './RoleForm';
import styles from './roles.module.css';

/** What operators may do while connected: a table of roles and permissions. */
export function ControlRolesPage() {
  const t = useTranslations('roles');
  const p = useTranslations('permissions');
  const c = useTranslations('common');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data, error, refetch } = useQuery(rolesQuery);
  const [edited, setEdited] = useState<Role | 'new' | null>(null);
  const [assigned, setAssigned] = useState<Role | null>(null);
  const [doomed, setDoomed] = useState<Role | null>(null);
  const mayEdit = can(me, 'access.edit');
  const nameOf = (role: Role) => (role.kind === 'custom' ? role.name : t(`builtIn.${role.kind}`));
  const work = useMutation({
    mutationFn: (what: () => Promise<unknown>) => what(),
    onSuccess: () => client.invalidateQueries({ queryKey: ['control-roles'] }),
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDoomed(null),
  });
  const toggle = (role: Role) =>
    work.mutate(async () => {
      await changeRole(role.guid, { enabled: !role.enabled });
      const back = () => work.mutate(() => changeRole(role.guid, { enabled: role.enabled }));
      sayWithUndo(t(role.enabled ? 'disabledNow' : 'enabledNow', { name: nameOf(role) }), c('undo'), back);
    });
  const copy = (role: Role) =>
    work.mutate(() => {
      const permissions = Object.fromEntries(permissionNames.map((name) => [name, role.permissions[name] ?? 'unset']));
      return addRole({ name: t('copyOf', { name: nameOf(role) }), note: role.note, permissions });
    });
  return (
    <Page
      title={t('title')}
      suffix={me.server_name}
      lead={t('lead')}
      actions={
        mayEdit ? (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
            {t('add')}
          </Button>
        ) : undefined
      }
    >
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? (
        <Skeleton height={400} />
      ) : (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is scrolled by the keyboard too
        <div className={styles.scroll} role="region" aria-label={t('title')} tabIndex={0}>
          <table className={styles.matrix}>
            <thead>
              <tr>
                <th scope="col">{t('permission')}</th>
                {data.map((role) => (
                  <th scope="col" key={role.guid}>
                    <div className={styles.head}>
                      <span className={styles.name}>{nameOf(role)}</span>
                      {mayEdit ? (
                        <Menu position="bottom-end" shadow="md">
                          <Menu.Target>
                            <ActionIcon variant="subtle" color="gray" size={30} aria-label={t('actionsOf', { name: nameOf(role) })}>
                              <IconDots size={18} aria-hidden />
                            </ActionIcon>
                          </Menu.Target>
                          <Menu.Dropdown>
                            <Menu.Item onClick={() => setEdited(role)}>{t('edit')}</Menu.Item>
                            {role.kind === 'not_logged_in' ? null : (
                              <Menu.Item onClick={() => setAssigned(role)}>{t('assign')}</Menu.Item>
                            )}
                            <Menu.Item onClick={() => copy(role)}>{t('copy')}</Menu.Item>
                            <Menu.Item onClick={() => toggle(role)}>{role.enabled ? t('disable') : t('enable')}</Menu.Item>
                            {role.kind === 'custom' ? (
                              <>
                                <Menu.Divider />
                                <Menu.Item color="red" onClick={() => setDoomed(role)}>
                                  {t('delete')}
                                </Menu.Item>
                              </>
                            ) : null}
                          </Menu.Dropdown>
                        </Menu>
                      ) : null}
                    </div>
                    <div className={styles.sub}>
                      {role.kind === 'not_logged_in' ? t('forStrangers') : t(role.kind === 'default' ? 'defaultUsers' : 'users', { count: role.user_count })}
                    </div>
                    {role.enabled ? null : <Status tone="neutral" icon={IconBan} word={t('disabled')} title={t('disabledHelp')} />}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {permissionNames.map((name) => (
                <tr key={name}>
                  <th scope="row">{p(`names.${name}`)}</th>
                  {data.map((role) => (
                    <td key={role.guid} data-off={!role.enabled}>
                      <State state={role.permissions[name] ?? 'unset'} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className={styles.hint}>{t('overrides')}</p>
      {data?.some((role) => !role.enabled) === true ? <p className={styles.hint}>{t('disabledText')}</p> : null}
      {data?.every((role) => role.kind !== 'custom') === true ? <p className={styles.hint}>{t('empty')}</p> : null}
      {edited === null ? null : <RoleForm role={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      {assigned === null ? null : <AssignForm role={assigned} name={nameOf(assigned)} onClose={() => setAssigned(null)} />}
      <Confirm
        isOpen={doomed !== null}
        title={t('deleteTitle', { name: doomed?.name ?? '' })}
        action={t('delete')}
        isBusy={work.isPending}
        onCancel={() => setDoomed(null)}
        onConfirm={() => work.mutate(() => deleteRole(doomed?.guid ?? ''))}
      >
        {t('deleteText', { count: doomed?.user_count ?? 0 })}
      </Confirm>
    </Page>
  );
}

function State({ state }: { state: PermissionState }) {
  const p = useTranslations('permissions');
  const word = p(`states.${state}`);
  if (state === 'allow') return <Status tone="ok" icon={IconCircleCheck} word={word} />;
  if (state === 'deny') return <Status tone="bad" icon={IconCircleX} word={word} />;
  return <Status tone="neutral" icon={IconMinus} word={word} />;
}
