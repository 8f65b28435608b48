import { Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { query } from '../../api/client';
import { startUserJob, type UserWork } from '../../api/jobs';
import type { ListRead } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { startQuery } from '../../api/start';
import { useStartJob } from '../../entities/jobs/useStartJob';
import { BulkBar } from '../../ui/BulkBar';
import type { ListSearch } from '../../ui/DataTable/listSearch';
import { useSeen } from '../../ui/DataTable/useSeen';
import type { Selection } from '../../ui/DataTable/useSelection';
import { BulkChoice, type Choice } from './BulkChoice';
import { BulkQuestion } from './BulkQuestion';
import type { User } from './queries';

type Props = { list: ListSearch; selection: Selection; rows: readonly User[]; read: ListRead };

/** So many are changed at once, and taken back with one press. More are asked for. */
const few = 25;
const final: readonly UserWork[] = ['sign_out', 'reset', 'delete'];

/** What can be done with the selected users. */
export function UserBulk({ list, selection, rows, read }: Props) {
  const t = useTranslations('users');
  const me = useMe();
  const begin = useStartJob();
  const canMail = useQuery(startQuery).data?.forgotten === true;
  const [asked, setAsked] = useState<UserWork | null>(null);
  const [choice, setChoice] = useState<Choice | null>(null);
  const { total, asOf } = useSeen(selection.isAll, read);
  const count = selection.isAll ? total : selection.keys.size;
  const start = (action: UserWork, value?: string) => {
    const which = selection.isAll
      ? { query: query({ q: list.q, ...list.asks }).slice(1), expected: total, as_of: asOf }
      : { guids: [...selection.keys] };
    setAsked(null);
    setChoice(null);
    void begin(startUserJob({ action, ...(value === undefined ? {} : { value }), ...which }), selection.clear);
  };
  const request = (action: UserWork) => {
    if (count > few || final.includes(action)) setAsked(action);
    else start(action);
  };
  // Of all that match only this page is known: the server says of whom it can't be done.
  const isOnlyLast = !selection.isAll && rows.length === 1 && rows[0]?.last_admin === true;
  const isInUse = !selection.isAll && rows.length > 0 && rows.every((user) => user.status === 1);
  const item = (right: string, action: UserWork, text: string) =>
    can(me, right) ? <Menu.Item key={action} onClick={() => request(action)}>{text}</Menu.Item> : null;
  return (
    <BulkBar count={count} progress={null} onClear={selection.clear} whole={{ selection, shown: read.shown, total: read.total }}>
      {can(me, 'users.enable') ? (
        <>
          <Button variant="default" onClick={() => request('enable')}>{t('enableMany', { count })}</Button>
          <Button variant="default" disabled={isOnlyLast} title={isOnlyLast ? t('lastAdmin') : undefined} onClick={() => request('disable')}>
            {isOnlyLast ? t('disableLast') : t('disableMany', { count })}
          </Button>
        </>
      ) : null}
      {can(me, 'users.group') ? <Button variant="default" onClick={() => setChoice('group')}>{t('toGroup')}</Button> : null}
      <Menu position="bottom-start" shadow="md">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>{t('more')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {can(me, 'users.control_role') && can(me, 'control_roles.view') ? (
            <Menu.Item onClick={() => setChoice('control_role')}>{t('toControlRole')}</Menu.Item>
          ) : null}
          {can(me, 'users.invite') ? (
            <Menu.Item disabled={!canMail} onClick={() => request('invite')}>{canMail ? t('inviteAgain') : t('inviteNoMail')}</Menu.Item>
          ) : null}
          {item('users.second_factor', 'enforce', t('enforce'))}
          {item('users.second_factor', 'release', t('release'))}
          {item('users.logout', 'sign_out', t('signOut'))}
          {item('users.second_factor', 'reset', t('reset'))}
          {can(me, 'users.delete') ? (
            <>
              <Menu.Divider />
              <Menu.Item color="red" disabled={isInUse} onClick={() => setAsked('delete')}>
                {isInUse ? t('deleteManyAfter') : t('deleteMany', { count })}
              </Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {asked === null ? null : (
        <BulkQuestion work={asked} count={count} rows={rows} onCancel={() => setAsked(null)} onConfirm={() => start(asked)} />
      )}
      {choice === null ? null : (
        <BulkChoice kind={choice} count={count} onClose={() => setChoice(null)} onChosen={(value) => start(choice, value)} />
      )}
    </BulkBar>
  );
}
