import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';

export type RolloutState = 'running' | 'paused' | 'stopped' | 'done' | 'rolled_back';

export type Ring = { percent?: number; device_group?: string };

export type RingCount = Ring & { devices: number; delivered: number; waiting: number; lost: number };

export type Rollout = {
  guid: string;
  strategy: string;
  state: RolloutState;
  reason: string;
  ring: number;
  rings: RingCount[];
  lost_percent: number;
  watch_minutes: number;
  goes_on: boolean;
  note: string;
  config_options: Record<string, string>;
  before: Record<string, string>;
  ring_at: number;
  created_at: number;
  created_by: string;
  ended_at: number | null;
  ended_by: string;
};

export type Version = { guid: string; config_options: Record<string, string>; changed_at: number; changed_by: string; note: string };

/** How a roll-out shall go. */
export type Plan = { rings: Ring[]; lost_percent: number; watch_minutes: number; goes_on: boolean };

export const usualPlan: Plan = { rings: [{ percent: 5 }], lost_percent: 10, watch_minutes: 15, goes_on: true };

const isOpen = (rollout: Rollout) => rollout.ended_at === null;

export const openOf = (rollouts: readonly Rollout[] | undefined) => rollouts?.find(isOpen);

/** Devices report all the time and nobody tells of each: while one is open it is asked for again and again. */
export const rolloutsQuery = (strategy: string) =>
  queryOptions({
    queryKey: ['strategy', 'rollouts', strategy],
    queryFn: ({ signal }) => call<Rollout[]>('GET', `/api/strategies/${strategy}/rollouts`, { signal }),
    refetchInterval: ({ state }) => (openOf(state.data) === undefined ? false : 5000),
  });

export const versionsQuery = (strategy: string) =>
  queryOptions({
    queryKey: ['strategy', 'versions', strategy],
    queryFn: ({ signal }) => call<Version[]>('GET', `/api/strategies/${strategy}/versions`, { signal }),
  });

export const beginRollout = (
  strategy: string,
  options: Record<string, string>,
  plan: Plan,
  note: string,
  version: string | undefined,
) =>
  call<Rollout>('POST', `/api/strategies/${strategy}/rollouts`, {
    body: { config_options: options, stop_confirmed: true, note, ...plan },
    version,
  });

export type RolloutStep = 'promote' | 'pause' | 'resume' | 'roll-back';

export const stepRollout = (guid: string, step: RolloutStep) =>
  call<Rollout>('POST', `/api/strategies/rollouts/${guid}/${step}`);

/** The keys whose values differ, sorted. */
export function differences(before: Record<string, string>, after: Record<string, string>): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => (before[key] ?? '') !== (after[key] ?? '')).sort();
}
