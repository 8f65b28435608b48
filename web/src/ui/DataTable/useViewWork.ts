import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { addView, changeView, deleteView, viewsQuery, type View, type ViewEdit } from '../../api/views';
import { useProblemText } from '../problemText';
import { complain, say } from '../toast';
import { sayWithUndo } from '../UndoToast';

/** What can be done with views of a list. */
export function useViewWork(page: string) {
  const t = useTranslations('list');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const read = () => client.invalidateQueries({ queryKey: viewsQuery(page).queryKey });
  const attempt = (work: Promise<unknown>, done: () => void) =>
    void work.then(read).then(done, (problem: unknown) => complain(textOf(problem)));
  return {
    /** Throws what the server says of it. */
    add: async (edit: ViewEdit): Promise<View> => {
      const view = await addView({ page, ...edit });
      await read();
      return view;
    },
    rename: async (view: View, edit: ViewEdit) => {
      await changeView(view.guid, edit);
      await read();
    },
    change: (view: View, edit: ViewEdit) => attempt(changeView(view.guid, edit), () => say(t('viewKept', { name: view.name }))),
    remove: ({ guid, name, query, columns, shared }: View) =>
      attempt(deleteView(guid), () =>
        sayWithUndo(t('viewGone', { name }), c('undo'), () =>
          attempt(addView({ page, name, query, columns, shared }), () => say(t('viewKept', { name }))),
        ),
      ),
  };
}
