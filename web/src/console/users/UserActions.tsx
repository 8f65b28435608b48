import { Menu } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { startQuery } from '../../api/start';
import { useStartJob } from '../../entities/jobs/useStartJob';
import { Confirm } from '../../ui/Confirm';
import { useProblemText } from '../../ui/problemText';
import { RowAction } from '../../ui/RowAction';
import { RowMenu } from '../../ui/RowMenu';
import { complain, say } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import { restoreUsers } from './deleted';
import { deleteUser, enforceFactor, inviteUser, resetFactors, setUserEnabled, signOutUsers, unlockUser, type User } from './queries';

const nothing = () => undefined;

/** What can be done with one user. */
export function UserActions({ user, onEdit }: { user: User; onEdit?: () => void }) {
  const t = useTranslations('users');
  const c = useTranslations('common');
  const client = useQueryClient();
  const begin = useStartJob();
  const textOf = useProblemText();
  const [isDeleting, setDeleting] = useState(false);
  const work = useMutation({
    mutationFn: (what: () => Promise<unknown>) => what(),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['users'] });
      say(t('done', { name: user.name }));
    },
    onError: (problem) => complain(textOf(problem)),
  });
  const remove = () => {
    setDeleting(false);
    void deleteUser(user.guid).then(
      () => {
        sayWithUndo(t('deleted', { name: user.name }), c('undo'), () => void begin(restoreUsers([user.guid]), nothing));
        return client.invalidateQueries({ queryKey: ['users'] });
      },
      (problem: unknown) => complain(textOf(problem)),
    );
  };
  const isEnforced = user.tfa_enforced === true;
  const isLast = user.last_admin === true;
  const canMail = useQuery(startQuery).data?.forgotten === true;
  return (
    <>
      <span className="one-line">
        {onEdit === undefined ? null : <RowAction label={t('edit')} icon={<IconPencil size={18} aria-hidden />} onPress={onEdit} />}
        <RowMenu label={t('actionsOf', { name: user.name })}>
          {user.status === -1 ? (
            <Menu.Item disabled={!canMail} onClick={() => work.mutate(() => inviteUser(user))}>
              {canMail ? t('inviteAgain') : t('inviteNoMail')}
            </Menu.Item>
          ) : null}
          {user.state === 'locked' ? <Menu.Item onClick={() => work.mutate(() => unlockUser(user.guid))}>{t('safety.unlock')}</Menu.Item> : null}
          <Menu.Item disabled={isLast} onClick={() => work.mutate(() => setUserEnabled(user.guid, user.status === 0))}>
            {isLast ? t('disableLast') : user.state === 'waiting' ? t('approve') : user.status === 0 ? t('enable') : t('disable')}
          </Menu.Item>
          <Menu.Item onClick={() => work.mutate(() => signOutUsers([user.guid]))}>{t('signOut')}</Menu.Item>
          <Menu.Item onClick={() => work.mutate(() => enforceFactor([user.guid], !isEnforced))}>
            {isEnforced ? t('release') : t('enforce')}
          </Menu.Item>
          {user.tfa === 'enabled' || user.tfa === 'expired' ? (
            <Menu.Item onClick={() => work.mutate(() => resetFactors([user.guid]))}>{t('reset')}</Menu.Item>
          ) : null}
          <Menu.Divider />
          <Menu.Item color="red" disabled={user.status === 1} onClick={() => setDeleting(true)}>
            {isLast ? t('deleteLast') : user.status === 1 ? t('deleteAfter') : t('delete')}
          </Menu.Item>
        </RowMenu>
      </span>
      <Confirm
        isOpen={isDeleting}
        title={t('deleteTitle', { name: user.name })}
        action={t('delete')}
        onCancel={() => setDeleting(false)}
        onConfirm={remove}
      >
        {t('deleteText')}
      </Confirm>
    </>
  );
}
