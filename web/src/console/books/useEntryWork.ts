import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useStartJob } from '../../entities/jobs/useStartJob';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import { deleteEntries, restore, sendMany, startWork, workOn, type Book, type EntryChange, type Which, type Work, type WorkDone } from './queries';

/** So many are changed at once, and taken back with one press. More are asked for, and are a job. */
export const few = 25;

/** What takes work on a selection back; passwords that are gone are gone. */
function undoOf(book: string, work: Work, { ids }: WorkDone): (() => Promise<unknown>) | null {
  switch (work.action) {
    case 'tag':
      return () => workOn(book, { ids }, { action: 'untag', tag: work.tag });
    case 'untag':
      return () => workOn(book, { ids }, { action: 'tag', tag: work.tag });
    case 'bin':
      return () => restore(book, ids);
    case 'copy':
      return () => deleteEntries(work.to, ids);
    case 'move':
      return () => restore(book, ids).then(() => deleteEntries(work.to, ids));
    case 'password':
      return null;
  }
}

/** What is done with several devices of a book at once; what can be undone offers it. */
export function useEntryWork(book: Book) {
  const t = useTranslations('books');
  const l = useTranslations('list');
  const client = useQueryClient();
  const textOf = useProblemText();
  const refresh = () => client.invalidateQueries({ queryKey: ['books'] });
  const fail = (problem: unknown) => complain(textOf(problem));
  const begin = useStartJob();

  /** Does it and says what came of it; `to` is what another book is called. */
  const start = async (which: Which, work: Work, to = ''): Promise<boolean> => {
    let done: WorkDone;
    try {
      done = await workOn(book.guid, which, work);
    } catch (problem) {
      fail(problem);
      return false;
    }
    await refresh();
    if (done.refused > 0) complain(l('failedSome', { failed: done.refused, reason: done.reason ?? '' }));
    const isLeft = (work.action === 'copy' || work.action === 'move') && work.with_passwords !== true;
    const text = t(`done.${work.action}`, {
      count: done.ids.length,
      kept: done.kept,
      tag: work.action === 'tag' || work.action === 'untag' ? work.tag : '',
      to,
      left: isLeft ? done.passwords : 0,
    });
    const undo = undoOf(book.guid, work, done);
    if (undo === null || done.ids.length === 0) say(text);
    else sayWithUndo(text, t('undo'), () => void undo().then(refresh, fail));
    return true;
  };

  /** So many at once; more are a job, which tells of itself, is stopped, and is taken back for a day. */
  const startMany = async (which: Which, work: Work, count: number, to = ''): Promise<boolean> => {
    if (count <= few || work.action === 'password') return start(which, work, to);
    let isBegun = false;
    await begin(startWork(book.guid, which, work), () => {
      isBegun = true;
    });
    return isBegun;
  };

  const remove = (ids: readonly string[]) => startMany({ ids }, { action: 'bin' }, ids.length);

  /** Adds devices that are not there, changes those that are. */
  const add = async (rows: readonly EntryChange[]): Promise<boolean> => {
    try {
      const { results } = await sendMany(book.guid, rows, {});
      const refused = results.filter((r) => r.outcome === 'refused');
      await refresh();
      const reason = refused[0]?.reason ?? '';
      if (refused.length > 0) complain(l('failedSome', { failed: refused.length, reason }));
      if (refused.length < rows.length) say(l('doneSome', { done: rows.length - refused.length }));
      return refused.length === 0;
    } catch (problem) {
      fail(problem);
      return false;
    }
  };

  return { start: startMany, remove, add };
}
