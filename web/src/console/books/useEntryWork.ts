import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import { deleteEntries, mostAtOnce, restore, sendMany, type Book, type EntryChange } from './queries';

/** What is done with several devices of a book at once; what can be undone offers it. */
export function useEntryWork(book: Book) {
  const t = useTranslations('books');
  const l = useTranslations('list');
  const client = useQueryClient();
  const textOf = useProblemText();
  const refresh = () => client.invalidateQueries({ queryKey: ['books'] });

  const remove = async (ids: string[]) => {
    try {
      await deleteEntries(book.guid, ids);
    } catch (problem) {
      complain(textOf(problem));
      return;
    }
    await refresh();
    sayWithUndo(t('binned', { count: ids.length }), t('undo'), () => {
      restore(book.guid, ids).then(refresh, (problem: unknown) => complain(textOf(problem)));
    });
  };

  /** Says how it went; with rows that say how it was before, offers to go back. */
  const change = async (to: string, rows: readonly EntryChange[], before?: readonly EntryChange[]) => {
    let failed = 0;
    let reason = '';
    try {
      for (let i = 0; i < rows.length; i += mostAtOnce) {
        const { results } = await sendMany(to, rows.slice(i, i + mostAtOnce), {});
        for (const result of results) {
          if (result.outcome !== 'refused') continue;
          failed += 1;
          reason = result.reason ?? '';
        }
      }
    } catch (problem) {
      complain(textOf(problem));
      return false;
    }
    await refresh();
    if (failed > 0) complain(l('failedSome', { failed, reason }));
    const done = rows.length - failed;
    if (done > 0 && before === undefined) say(l('doneSome', { done }));
    else if (done > 0) sayWithUndo(l('doneSome', { done }), t('undo'), () => void change(to, before ?? []));
    return failed === 0;
  };

  return { remove, change };
}
