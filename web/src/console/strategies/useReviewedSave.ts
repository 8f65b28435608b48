import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import { useTranslations } from 'use-intl';
import { useGuardedSave } from '../../ui/conflict/useGuardedSave';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import { changeStrategy, optionsQuery, previewQuery, readStrategy, type Strategy } from './queries';
import { beginRollout, type Plan } from './rollouts';
import type { Base, Options } from './useDraft';
import { useOptionText } from './useOptionText';

type Props = {
  strategy: Strategy;
  base: Base;
  changed: readonly string[];
  reason: string;
  onStored: (() => void) | undefined;
  onClose: () => void;
};

/** Stored at once, over these options; or on its way ring by ring. */
type Saved = { stored: Strategy; over: Options } | { begun: true };

/** Saves options that were looked through, at once or ring by ring, over what somebody else may have stored meanwhile. */
export function useReviewedSave({ strategy: { guid }, base, changed, reason, onStored, onClose }: Props) {
  const t = useTranslations('strategies');
  const c = useTranslations('common');
  const client = useQueryClient();
  const navigate = useNavigate();
  const textOf = useProblemText();
  const text = useOptionText();
  const { data: options } = useQuery(optionsQuery);
  const plan = useRef<Plan | null>(null);
  const back = async (stored: Strategy, over: Options) => {
    try {
      await changeStrategy(guid, { config_options: over, stop_confirmed: true, reason: t('undone') }, stored.version);
      await client.invalidateQueries({ queryKey: ['strategy'] });
    } catch (problem) {
      complain(textOf(problem));
    }
  };
  const save = useGuardedSave<Options, Saved>({
    base,
    read: async () => {
      const now = await readStrategy(guid);
      return { values: now.config_options, version: now.version };
    },
    save: async (changes, version, over) => {
      const wanted = merged(over, changes);
      if (plan.current !== null) {
        await beginRollout(guid, wanted, plan.current, reason, version);
        return { begun: true };
      }
      return { stored: await changeStrategy(guid, { config_options: wanted, stop_confirmed: true, reason }, version), over };
    },
    fields: changed.map((key) => {
      const option = options?.find((one) => one.key === key);
      const show = (value: unknown) =>
        typeof value !== 'string' || value === '' ? '' : option === undefined ? value : text.value(option, value);
      return { name: key, label: text.label(key), show };
    }),
    onSaved: async (saved) => {
      if (saved !== undefined && 'stored' in saved) client.setQueryData(['strategy', 'one', guid], saved.stored);
      onStored?.();
      await client.invalidateQueries({ queryKey: ['strategy'] });
      onClose();
      if (saved === undefined) return;
      if ('begun' in saved) {
        // What was edited is on its way; leaving does not lose it.
        void navigate({ to: '/strategies/$guid/rollout', params: { guid }, ignoreBlocker: true });
        return;
      }
      const count = client.getQueryData(previewQuery({ strategy: guid }).queryKey)?.now ?? 0;
      sayWithUndo(t('saved', { count }), c('undo'), () => void back(saved.stored, saved.over));
    },
  });
  return {
    ...save,
    submit: (draft: Options, how: Plan | null) => {
      plan.current = how;
      save.submit(draft);
    },
  };
}

/** Options with changes; one that is undefined or empty is none. */
const merged = (over: Options, changes: Partial<Options>): Options =>
  Object.fromEntries(
    Object.entries({ ...over, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
