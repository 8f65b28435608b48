import { Badge, UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { Column } from '../../ui/DataTable/DataTable';
import styles from './groups.module.css';
import type { Group, Peer } from './queries';

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
export function useGroupColumns(isUsers: boolean, onOpen: (group: Group) => void): readonly Column<Group>[] {
  const t = useTranslations('groups');
  return useMemo(() => {
    const members: Column<Group> = {
      id: 'members',
      header: isUsers ? t('users') : t('devices'),
      isNumber: true,
      card: 'line',
      cell: (g) =>
        isUsers ? <Link to="/users" search={{ group_name: g.name }}>{g.user_count ?? 0}</Link>
        : <Link to="/devices" search={{ device_group_name: g.name }}>{g.device_count ?? 0}</Link>,
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
          <UnstyledButton className={styles.link ?? ''} onClick={() => onOpen(g)}>
            {g.name}
          </UnstyledButton>
        ),
      },
      { id: 'note', header: t('note'), card: 'line', cell: (g) => <span className="cut" title={g.note}>{g.note}</span> },
      members,
      ...(isUsers
        ? [{ id: 'out', header: t('canReach'), cell: (g: Group) => <Chips peers={g.allowed_outgoings ?? []} /> }]
        : []),
      { id: 'in', header: t('reachedBy'), cell: (g) => <Chips peers={g.allowed_incomings} /> },
      ...(isUsers
        ? []
        : [
            { id: 'strategy', header: t('strategy'), cell: (g: Group) => g.strategy_name ?? '' },
            { id: 'rank', header: t('rank'), isNumber: true, sort: 'rank', cell: (g: Group) => g.rank ?? 0 },
          ]),
    ];
  }, [t, isUsers, onOpen]);
}
