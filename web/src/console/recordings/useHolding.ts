import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { complain, say } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import { useBulk } from '../../ui/useBulk';
import { changeRecording } from './queries';

/** So many are changed at once, and taken back with one press. */
const few = 25;

/** Holds or releases recordings; for a while that is taken back with one press. */
export function useHolding() {
  const t = useTranslations('recordings');
  const c = useTranslations('common');
  const l = useTranslations('list');
  const client = useQueryClient();
  const { run, progress } = useBulk();
  const set = async (ids: readonly string[], held: boolean, reason: string, canUndo = true): Promise<void> => {
    const done: string[] = [];
    const result = await run(ids, async (id) => {
      await changeRecording(id, reason === '' ? { held } : { held, reason });
      done.push(id);
    });
    await client.invalidateQueries({ queryKey: ['recordings'] });
    if (result.failed > 0) complain(l('failedSome', { failed: result.failed, reason: result.reason }));
    if (result.done === 0) return;
    const text = held ? t('heldSome', { count: result.done }) : t('releasedSome', { count: result.done });
    if (canUndo && ids.length <= few) sayWithUndo(text, c('undo'), () => void set(done, !held, t('undone'), false));
    else say(text);
  };
  return { set, progress };
}
