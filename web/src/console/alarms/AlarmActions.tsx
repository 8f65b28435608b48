import { Menu } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { useProblemText } from '../../ui/problemText';
import { RowMenu } from '../../ui/RowMenu';
import { complain } from '../../ui/toast';
import type { AlarmWork } from './AlarmForms';
import { changeAlarm, setAlarm, type Alarm, type AlarmState } from './queries';
import { useAlarmName } from '../../entities/useAlarmName';

/** What can be done with one alarm. */
export function AlarmActions({ alarm, onAsk }: { alarm: Alarm; onAsk: (work: AlarmWork) => void }) {
  const t = useTranslations('alarms');
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const textOf = useProblemText();
  const nameOf = useAlarmName();
  const change = useMutation({
    mutationFn: ({ state, assigned }: { state?: AlarmState; assigned?: string }): Promise<unknown> =>
      state === undefined ? changeAlarm(alarm.guid, { assigned_to: assigned ?? '' }) : setAlarm(alarm, state),
    onSuccess: () => client.invalidateQueries({ queryKey: ['alarms'] }),
    onError: (problem) => complain(textOf(problem)),
  });
  const { typ, state, device } = alarm;
  const showEach = () =>
    void navigate({ to: '/alarms', search: { each: '1', typ: String(typ), state, ...(device === '' ? {} : { q: device }) } });
  return (
    <RowMenu label={t('actionsOf', { name: nameOf(alarm.typ) })}>
      {alarm.state === 'new' ? <Menu.Item onClick={() => change.mutate({ state: 'seen' })}>{t('see')}</Menu.Item> : null}
      {alarm.state === 'resolved' ? (
        <Menu.Item onClick={() => change.mutate({ state: 'new' })}>{t('reopen')}</Menu.Item>
      ) : (
        <Menu.Item onClick={() => onAsk('resolve')}>{t('resolve')}</Menu.Item>
      )}
      {alarm.assigned_to === me.name ? null : (
        <Menu.Item onClick={() => change.mutate({ assigned: me.name })}>{t('assignMe')}</Menu.Item>
      )}
      {can(me, 'users.view') ? <Menu.Item onClick={() => onAsk('assign')}>{t('assign')}</Menu.Item> : null}
      {(alarm.count ?? 1) > 1 ? (
        <Menu.Item onClick={showEach}>{t('showEach')}</Menu.Item>
      ) : null}
      {alarm.device === '' ? null : (
        <Menu.Item component={Link} to={`/devices/${encodeURIComponent(alarm.device)}`}>
          {t('openDevice')}
        </Menu.Item>
      )}
      {can(me, 'access.edit') && (alarm.info.ip ?? '') !== '' ? <Menu.Item onClick={() => onAsk('block')}>{t('block')}</Menu.Item> : null}
      {can(me, 'audit.edit') ? (
        <>
          <Menu.Divider />
          <Menu.Item onClick={() => onAsk('mute')}>{t('mute')}</Menu.Item>
        </>
      ) : null}
    </RowMenu>
  );
}
