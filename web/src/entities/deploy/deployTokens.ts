import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';
import type { PageOf } from '../../api/lists';

export type DeployToken = {
  guid: string;
  name: string;
  created_by: string;
  expires_at: number | null;
  last_used_at: number | null;
  maximum_uses: number;
  uses: number;
  user_name: string;
  device_group_name: string;
};

export type DeployWish = {
  name: string;
  days: number;
  maximum_uses: number;
  user_name?: string;
  device_group_name?: string;
  strategy_name?: string;
  note?: string;
};

export const deployTokensQuery = queryOptions({
  queryKey: ['deploy-tokens'],
  queryFn: ({ signal }) => call<PageOf<DeployToken>>('GET', '/api/deploy-tokens?pageSize=100', { signal }),
});

export const makeDeployToken = (wish: DeployWish) =>
  call<{ guid: string; token: string }>('POST', '/api/deploy-tokens', { body: wish });
export const endDeployToken = (guid: string) => call('DELETE', `/api/deploy-tokens/${guid}`);
