import { useMutation, useQueryClient } from '@tanstack/react-query';
import { goOn, saveStep, setupQuery, type SetupState } from './queries';

/** Stores a step and goes on; or passes it over. */
export function useStep(step: number, name: 'address' | 'access' | 'mail' | null, onDone: (next: number) => void) {
  const client = useQueryClient();
  const keep = (state: SetupState) => {
    client.setQueryData(setupQuery.queryKey, state);
    void client.invalidateQueries({ queryKey: ['client-setup'] });
    onDone(state.step);
  };
  const save = useMutation({
    mutationFn: async (body: unknown) => {
      if (name !== null) await saveStep(name, body);
      return goOn(step, false);
    },
    onSuccess: keep,
  });
  const skip = useMutation({ mutationFn: () => goOn(step, true), onSuccess: keep });
  return { save, skip };
}
