import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Confirm } from '../../ui/Confirm';
import { groupedId } from '../../ui/groupedId';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { deleteGroup, withoutQuery, type Group, type GroupKind } from './queries';

type Props = { kind: GroupKind; group: Group; onClose: () => void; onDeleted?: () => void };

const examples = 5;

/** Asks before a group goes: what is left without it, and who could then reach what. */
export function DeleteGroup({ kind, group, onClose, onDeleted }: Props) {
  const t = useTranslations('groups');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data, error } = useQuery({ ...withoutQuery(group.guid), enabled: can(me, 'access.view') });
  const remove = useMutation({
    mutationFn: () => deleteGroup(kind, group.guid),
    onSuccess: () => {
      onDeleted?.();
      return client.invalidateQueries();
    },
    onError: (problem) => complain(textOf(problem)),
    onSettled: onClose,
  });
  const isUsers = kind === 'user-groups';
  const count = group.user_count ?? group.device_count ?? 0;
  const pairs = (list: readonly { user: string; device: string }[]) => (
    <ul>
      {list.slice(0, examples).map((p) => (
        <li key={`${p.user} ${p.device}`}>{t('pair', { user: p.user, device: groupedId(p.device) })}</li>
      ))}
    </ul>
  );
  return (
    <Confirm isOpen title={t('deleteTitle', { name: group.name })} action={t('delete')} isBusy={remove.isPending} onCancel={onClose} onConfirm={() => remove.mutate()}>
      <p>{isUsers ? t('losesUsers', { count }) : t('losesDevices', { count })}</p>
      <p>{isUsers ? t('deleteUsersText') : t('deleteDevicesText')}</p>
      <div role="status">
        {error === null ? null : textOf(error)}
        {data === undefined ? null : (
          <>
            {data.unassigned === 0 ? null : (
              <p>
                {t('unassigned', { count: data.unassigned })}{' '}
                <span className="mono">{data.unassigned_devices.slice(0, examples).map(groupedId).join(', ')}</span>
              </p>
            )}
            <p>{t('gainLose', { gained: data.gained, lost: data.lost })}</p>
            {data.gains.length === 0 ? null : <>{t('gains')}{pairs(data.gains)}</>}
            {data.losses.length === 0 ? null : <>{t('losses')}{pairs(data.losses)}</>}
          </>
        )}
      </div>
    </Confirm>
  );
}
