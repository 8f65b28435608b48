import type { Explanation } from './queries';

/** The order in which the server decides; the first that applies decides, and the last one otherwise. */
const order = [
  'account_disabled',
  'device_disabled',
  'owner_disabled',
  'login_required',
  'administrator',
  'owner',
  'same_group',
  'rule',
  'unassigned',
  'open',
  'nothing_allows',
] as const;

const sameStep: Record<string, string> = {
  not_logged_in: 'nothing_allows',
  unassigned_admins_only: 'unassigned',
  outside_hours: 'rule',
};

export type Step = { reason: string; decides: boolean };

/** The ladder as it was climbed: what is below the deciding step was not looked at. */
export function ladderOf(found: Explanation): Step[] {
  const decider = sameStep[found.reason] ?? found.reason;
  const last = order.findIndex((step) => step === decider);
  return order
    .filter((step, index) => index <= last && isUsed(step, found))
    .map((step) => ({ reason: step, decides: step === decider }));
}

function isUsed(step: string, found: Explanation): boolean {
  if (step === 'open') return found.default_policy === 'open';
  if (step === 'same_group' || step === 'unassigned') return found.default_policy === 'own';
  return true;
}
