import { ActionIcon, Indicator, Tooltip } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { call } from '../../api/client';

const summaryQuery = queryOptions({
  queryKey: ['alarms', 'summary'],
  queryFn: ({ signal }) => call<{ new: number; seen: number }>('GET', '/api/alarms/summary', { signal }),
});

const most = 99;

/** How many alarms nobody has looked at, and the way to them. */
export function AlarmBell() {
  const t = useTranslations('shell');
  const { data } = useQuery(summaryQuery);
  const count = data?.new ?? 0;
  const name = t('alarms', { count });
  return (
    <Tooltip label={name}>
      <Indicator disabled={count === 0} label={count > most ? `${most}+` : count} size={16} offset={6} color="red">
        <ActionIcon component={Link} to="/alarms" variant="subtle" color="gray" size={36} aria-label={name}>
          <IconBell size={20} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Indicator>
    </Tooltip>
  );
}
