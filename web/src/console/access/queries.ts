import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import { listQuery, type PageOf } from '../../api/lists';
import { Problem } from '../../api/problem';
import type { ListSearch } from '../../ui/DataTable/listSearch';

export type SubjectKind = 'everybody' | 'user' | 'user_group';

export type TargetKind = 'all_devices' | 'own_devices' | 'device' | 'device_group' | 'user' | 'user_group';

export type End<K extends string> = { kind: K; guid?: string | null; name?: string | null };

export type Window = { days: string[]; from: string; to: string };

export type Schedule = { time_zone?: string; windows?: Window[]; from_date?: string | null; to_date?: string | null };

export type Rule = {
  guid: string;
  name: string;
  note: string;
  enabled: boolean;
  subject: End<SubjectKind>;
  target: End<TargetKind>;
  schedule?: Schedule | null;
  control_role: string;
  pairs: number;
  last_used?: number;
  version?: string;
};

/** What opens devices without a rule. */
export type Source = { source: 'administrator' | 'owner' | 'same_group' | 'unassigned' | 'open'; pairs: number; last_used?: number };

export type Sources = { people: number; devices: number; unassigned: number; open_to_anybody: number; sources: Source[] };

export const subjects: readonly SubjectKind[] = ['user_group', 'user', 'everybody'];
export const targets: readonly TargetKind[] = ['device_group', 'device', 'user_group', 'user', 'own_devices', 'all_devices'];

/** Whether an end names what it has to. */
export const isWhole = (end: End<string>) =>
  ['everybody', 'all_devices', 'own_devices'].includes(end.kind) || (end.name ?? '') !== '' || (end.guid ?? '') !== '';

export type RuleDraft = {
  guid?: string;
  name?: string;
  note?: string;
  enabled?: boolean;
  subject?: End<SubjectKind>;
  target?: End<TargetKind>;
  schedule?: Schedule;
  control_role?: string;
};

export type Policy = {
  default_policy: 'open' | 'own' | 'rules';
  login_required: boolean;
  same_group: boolean;
  unassigned_admins_only: boolean;
  admins_reach_all: boolean;
};

export type Change = {
  add?: RuleDraft[];
  update?: RuleDraft[];
  delete?: string[];
  settings?: Partial<Policy>;
  members?: { user: string; user_group: string }[];
  devices?: { device: string; add_group: string }[];
};

export type Difference = {
  pairs: number;
  gained: number;
  lost: number;
  anybody_gains: number;
  anybody_loses: number;
  gains: { user: string; device: string }[];
  losses: { user: string; device: string }[];
};

export type RungState = 'passed' | 'no' | 'closed' | 'decides' | 'not_reached' | 'not_used' | 'unknown';

export type Explanation = {
  user: string;
  user_group?: string;
  is_admin: boolean;
  device: string;
  device_enabled: boolean;
  device_owner?: string;
  device_groups: string[];
  default_policy: Policy['default_policy'];
  allowed: boolean;
  reason: string;
  text?: string;
  rule?: string;
  control_role?: string;
  permissions?: Record<string, 'allow' | 'deny'>;
  rungs: { step: string; state: RungState }[];
  rules_about_the_device: {
    guid: string;
    name: string;
    for_kind: SubjectKind;
    for_name?: string;
    opens_kind: TargetKind;
    opens_name?: string;
    hours?: string;
    open_then: boolean;
    problem?: string;
  }[];
};

export type Reached = {
  name: string;
  label: string;
  reason: string;
  rule?: string;
  rule_name?: string;
  control_role?: string;
};

export const rulesQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['rule', 'list', list.question],
    queryFn: ({ signal }) => call<PageOf<Rule>>('GET', `/api/access/rules${listQuery(list)}`, { signal }),
    placeholderData: keepPreviousData,
  });

/** What holds where no rule does, with its version. */
export async function readPolicy(signal?: AbortSignal): Promise<{ values: Policy; version: string | undefined }> {
  let version: string | undefined;
  const values = await call<Policy>('GET', '/api/settings/access', { signal, onVersion: (told) => (version = told) });
  return { values, version };
}

export const policyQuery = queryOptions({
  queryKey: ['rule', 'policy'],
  queryFn: ({ signal }) => readPolicy(signal),
});

export const sourcesQuery = queryOptions({
  queryKey: ['rule', 'sources'],
  queryFn: ({ signal }) => call<Sources>('GET', '/api/access/sources', { signal }),
});

/** Pairs that are shown at once of what a change does. */
export const pairsShown = 10;

export const dryRunQuery = (change: Change | null, page = 1) =>
  queryOptions({
    queryKey: ['rule', 'dry-run', change, page],
    queryFn: ({ signal }) =>
      call<Difference>('POST', `/api/access/dry-run${query({ current: page, pageSize: pairsShown })}`, { body: change, signal }),
    enabled: change !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });

export const explainQuery = (user: string, device: string, at: string, address: string) =>
  queryOptions({
    queryKey: ['rule', 'explain', user, device, at, address],
    queryFn: ({ signal }) =>
      call<Explanation>('GET', `/api/access/explain${query({ user, device, at, address })}`, { signal }),
    enabled: device !== '',
    retry: false,
  });

/** What the strategy in effect sets on a device, by the options' keys. */
export const hintsQuery = (id: string) =>
  queryOptions({
    queryKey: ['strategy', 'hints', id],
    queryFn: async ({ signal }): Promise<Record<string, string>> => {
      const found = await call<PageOf<{ guid: string }>>('GET', `/api/devices${query({ id, pageSize: 1 })}`, { signal });
      const guid = found.data[0]?.guid;
      if (guid === undefined) return {};
      return (await call<{ options: Record<string, string> }>('GET', `/api/devices/${guid}/policy`, { signal })).options;
    },
    enabled: id !== '',
    retry: false,
  });

export const reachQuery = (asked: { user?: string; device?: string; at: string; current: number; pageSize: number }) =>
  queryOptions({
    queryKey: ['rule', 'reach', asked],
    queryFn: ({ signal }) => call<PageOf<Reached>>('GET', `/api/access/reach${query(asked)}`, { signal }),
    placeholderData: keepPreviousData,
  });

export const roleNamesQuery = queryOptions({
  queryKey: ['control-roles'],
  queryFn: ({ signal }) => call<{ guid: string; name: string; kind: string }[]>('GET', '/api/control-roles', { signal }),
});

export const addRule = (rule: RuleDraft) => call<Rule>('POST', '/api/access/rules', { body: rule });
export const changeRule = (guid: string, rule: RuleDraft, version?: string) =>
  call<Rule>('PATCH', `/api/access/rules/${guid}`, { body: rule, version });

/** All rules, read page by page. */
async function readRules(signal?: AbortSignal): Promise<Rule[]> {
  const all: Rule[] = [];
  for (let page = 1; ; page += 1) {
    const found = await call<PageOf<Rule>>('GET', `/api/access/rules${query({ current: page, pageSize: 1000 })}`, { signal });
    all.push(...found.data);
    if (found.data.length < 1000) return all;
  }
}

export const allRulesQuery = queryOptions({ queryKey: ['rule', 'all'], queryFn: ({ signal }) => readRules(signal) });

/** One rule as it is now, from the list: one rule alone has no address. */
export async function readRule(guid: string): Promise<Rule> {
  const now = (await readRules()).find((rule) => rule.guid === guid);
  if (now === undefined) throw new Problem(404, 'not_found', '');
  return now;
}
export const deleteRule = (guid: string) => call('DELETE', `/api/access/rules/${guid}`);
export const savePolicy = (policy: Partial<Policy>, version: string | undefined) =>
  call('PATCH', '/api/settings/access', { body: policy, version });

/** The rule as it would be written again: for taking a deletion back. */
export const draftOf = (rule: Rule): RuleDraft => ({
  name: rule.name,
  note: rule.note,
  enabled: rule.enabled,
  subject: rule.subject,
  target: rule.target,
  schedule: rule.schedule ?? {},
  control_role: rule.control_role,
});
