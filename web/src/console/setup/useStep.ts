import { useMutation, useQueryClient } from '@tanstack/react-query';
import { numberOf, type SetupStep } from '../../api/setupSteps';
import { goOn, saveStep, setupQuery, type SetupState } from './queries';

const stored = ['address', 'access', 'mail'] as const;

/** Stores a step and goes on; or passes it over. */
export function useStep(step: SetupStep, onDone: (next: number) => void) {
  const client = useQueryClient();
  const keep = (state: SetupState) => {
    client.setQueryData(setupQuery.queryKey, state);
    void client.invalidateQueries({ queryKey: ['client-setup'] });
    onDone(state.step);
  };
  const save = useMutation({
    mutationFn: async (body: unknown) => {
      const name = stored.find((s) => s === step);
      if (name !== undefined) await saveStep(name, body);
      return goOn(numberOf(step), false);
    },
    onSuccess: keep,
  });
  const skip = useMutation({ mutationFn: () => goOn(numberOf(step), true), onSuccess: keep });
  return { save, skip };
}
