import { Badge } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { Column } from '../../ui/DataTable/DataTable';
import { PlainLink } from '../../ui/PlainLink';
import styles from './groups.module.css';
import type { Group, GroupKind, Peer } from './queries';

const mostChips = 4;

function Chips({ peers }: { peers: readonly Peer[] }) {
  const t = useTranslations('groups');
  const rest = peers.length - mostChips;
  return (
    <span className={styles.chips} title={peers.map((p) => p.name).join(', ')}>
      {peers.slice(0, mostChips).map((p) => (
        <Badge key={`${p.type} ${p.name}`} variant="outline" color="gray" radius="sm" tt="none" title={t(`peer.${p.type}`, { name: p.name })}>
          {p.name}
        </Badge>
      ))}
      {rest > 0 ? t('moreChips', { count: rest }) : null}
    </span>
  );
}

/** The columns of the lists of groups. */
export function useGroupColumns(kind: GroupKind): readonly Column<Group>[] {
  const isUsers = kind === 'user-groups';
  const t = useTranslations('groups');
  return useMemo(() => {
    const members: Column<Group> = {
      id: 'members',
      inFile: isUsers ? 'user_count' : 'device_count',
      header: isUsers ? t('users') : t('devices'),
      isNumber: true,
      card: 'line',
      cell: (g) => <PlainLink to={`/${kind}/${g.guid}`} text={String((isUsers ? g.user_count : g.device_count) ?? 0)} />,
    };
    return [
      {
        id: 'name',
        header: t('name'),
        isFixed: true,
        isMain: true,
        sort: 'name',
        card: 'title',
        cell: (g) => (
          <PlainLink className="cut" to={`/${kind}/${g.guid}`} title={g.name} text={g.name} />
        ),
      },
      { id: 'note', inFile: 'note', header: t('note'), card: 'line', cell: (g) => <span className="cut" title={g.note}>{g.note}</span> },
      members,
      ...(isUsers
        ? [{ id: 'out', inFile: 'allowed_outgoings', header: t('canReach'), cell: (g: Group) => <Chips peers={g.allowed_outgoings ?? []} /> }]
        : []),
      { id: 'in', inFile: 'allowed_incomings', header: t('reachedBy'), cell: (g) => <Chips peers={g.allowed_incomings} /> },
      ...(isUsers
        ? []
        : [
            { id: 'strategy', inFile: 'strategy_name', header: t('strategy'), cell: (g: Group) => g.strategy_name ?? '' },
            { id: 'rank', inFile: 'rank', header: t('rank'), isNumber: true, sort: 'rank', cell: (g: Group) => g.rank ?? 0 },
          ]),
    ];
  }, [t, kind, isUsers]);
}
