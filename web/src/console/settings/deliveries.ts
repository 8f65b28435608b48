import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import type { ListSearch } from '../../ui/DataTable/listSearch';
import type { Kind } from './channels';

export type Delivery = {
  guid: string;
  channel_guid?: string;
  kind: Kind;
  recipient: string;
  subject: string;
  state: 'waiting' | 'sent' | 'failed';
  attempts: number;
  last_error: string;
  created_at: number;
  next_attempt_at?: number;
  sent_at?: number;
};

const path = '/api/notifications/deliveries';

export const deliveriesQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['deliveries', list.page, list.size, list.filters],
    queryFn: ({ signal }) =>
      call<PageOf<Delivery>>('GET', `${path}${query({ ...list.asks, current: list.page, pageSize: list.size })}`, { signal }),
    placeholderData: keepPreviousData,
    // Nobody tells when one went out; what waits is worth looking at again.
    refetchInterval: ({ state }) => (state.data?.data.some((d) => d.state === 'waiting') === true ? 5000 : false),
  });

/** What was posted to a web address, and the beginning of its last answer. */
export type DeliveryDetail = { host: string; headers: string[]; body: string; status?: number; answer: string };

export const deliveryQuery = (guid: string) =>
  queryOptions({
    queryKey: ['deliveries', guid],
    queryFn: ({ signal }) => call<DeliveryDetail>('GET', `${path}/${guid}`, { signal }),
  });

export const retryDelivery = (guid: string) => call('POST', `${path}/${guid}/retry`);
