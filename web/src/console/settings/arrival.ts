import type { Spec } from './specs';

/** How new devices come; asked for where devices are enrolled and among what is general. */
export const arrival: readonly Spec[] = [{ key: 'deployment_required', kind: 'flag' }];
