import { IconBan, IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import type { Column } from '../../ui/DataTable/DataTable';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import { DeliveryBar } from './DeliveryBar';
import { deliveryQuery, type Strategy } from './queries';

/** What the list of strategies shows. */
export function useStrategyColumns(): Column<Strategy>[] {
  const t = useTranslations('strategies');
  const { data } = useQuery(deliveryQuery);
  return useMemo(() => {
    const of = new Map(data?.map((d) => [d.guid, d]));
    return [
      {
        id: 'name',
        header: t('name'),
        sort: 'name',
        card: 'title',
        cell: (s) => (
          <Link to="/strategies/$guid" params={{ guid: s.guid }}>
            {s.name}
          </Link>
        ),
      },
      {
        id: 'state',
        header: t('state'),
        card: 'state',
        cell: (s) =>
          s.enabled ? (
            <Status tone="ok" icon={IconCircleCheck} word={t('enabled')} />
          ) : (
            <Status tone="neutral" icon={IconBan} word={t('disabled')} title={t('disabledHelp')} />
          ),
      },
      { id: 'options', header: t('options'), isNumber: true, cell: (s) => Object.keys(s.config_options).length },
      {
        id: 'targets',
        header: t('givenTo'),
        card: 'line',
        cell: (s) => t('targetCounts', { devices: s.device_count, users: s.user_count, groups: s.device_group_count }),
      },
      { id: 'delivery', header: t('delivery'), card: 'line', cell: (s) => <DeliveryBar delivery={of.get(s.guid)} isEnabled={s.enabled} /> },
      { id: 'note', header: t('note'), cell: (s) => <span className="cut" title={s.note}>{s.note}</span> },
      {
        id: 'modified',
        header: t('modified'),
        sort: 'modified',
        cell: (s) => (
          <>
            <TimeText iso={isoOf(s.modified_at)} />
            {of.get(s.guid)?.changed_by ? ` · ${of.get(s.guid)?.changed_by ?? ''}` : ''}
          </>
        ),
      },
    ];
  }, [t, data]);
}
