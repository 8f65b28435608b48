/** The steps of the first run, in their order; the server counts them from 1. */
export const setupSteps = ['you', 'address', 'access', 'relay', 'mail', 'import', 'device'] as const;

export type SetupStep = (typeof setupSteps)[number];

export const numberOf = (step: SetupStep) => setupSteps.indexOf(step) + 1;
