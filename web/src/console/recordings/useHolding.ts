import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import { changeRecording } from './queries';

/** Holds or releases a recording; for a while that is taken back with one press. */
export function useHolding(id: string) {
  const t = useTranslations('recordings');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const textOfDone = (held: boolean) => (held ? t('heldSome', { count: 1 }) : t('releasedSome', { count: 1 }));
  const read = () => client.invalidateQueries({ queryKey: ['recordings'] });
  const undo = async (held: boolean) => {
    try {
      await changeRecording(id, { held, reason: t('undone') });
      await read();
      say(textOfDone(held));
    } catch (problem) {
      complain(textOf(problem));
    }
  };
  return useMutation({
    mutationFn: ({ held, reason }: { held: boolean; reason: string }) =>
      changeRecording(id, reason === '' ? { held } : { held, reason }),
    onSuccess: async (_, { held }) => {
      await read();
      sayWithUndo(textOfDone(held), c('undo'), () => void undo(!held));
    },
    onError: (problem) => complain(textOf(problem)),
  });
}
