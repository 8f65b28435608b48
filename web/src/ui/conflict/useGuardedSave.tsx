import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { ConflictView } from './ConflictView';
import { changesOf, saveOver, without, type Clash, type Outcome, type Read } from './edits';

/** How a field is called, and how its values read where they are no plain texts. */
export type Field<V> = { name: keyof V & string; label: string; show?: (value: unknown) => string };

type Options<V, R> = {
  /** What the form began with, and the version that came with it; later ones are not looked at… */
  base: Read<V>;
  /** …but where the form stays open after saving, and itself says when it begins anew. */
  isMoving?: boolean;
  /** The same of this moment, past every cache. */
  read: () => Promise<Read<V>>;
  /** Sends what changed, with the version; `current` is what it is saved over, for what is replaced as a whole. */
  save: (changes: Partial<V>, version: string | undefined, current: V) => Promise<R>;
  fields: readonly Field<V>[];
  /** Saved; or there was nothing to save: then there is no answer. */
  onSaved: (answer: R | undefined) => unknown;
};

type Guarded<V> = { submit: (draft: V) => void; isPending: boolean; error: Error | null; view: ReactNode };

/**
 * Saves a form over something that others may edit at the same time. A form gives what it read with its version, and
 * how to read and save it (`call` with `version`); it calls `submit` with its draft, and shows `view` beside itself:
 * that is nothing until two people changed the same field, then both values to choose from. Fields that nobody else
 * touched are saved without a question.
 */
export function useGuardedSave<V extends object, R>({ base, isMoving = false, read, save, fields, onSaved }: Options<V, R>): Guarded<V> {
  // What others change while the form is open must not pass for what its person read.
  const [opened] = useState(base);
  const began = isMoving ? base : opened;
  const [clash, setClash] = useState<Clash<V> | null>(null);
  const work = useMutation({
    mutationFn: ({ changes, from }: { changes: Partial<V>; from: Read<V> }): Promise<Outcome<V, R>> => saveOver(changes, from, save, read),
    onSuccess: async (outcome) => {
      if ('clash' in outcome) setClash(outcome.clash);
      else {
        setClash(null);
        await onSaved(outcome.saved);
      }
    },
  });
  return {
    submit: (draft) => work.mutate({ changes: changesOf(began.values, draft), from: began }),
    isPending: work.isPending,
    // While the choice is shown the refusal is there, and not below it.
    error: clash === null ? work.error : null,
    view:
      clash === null ? null : (
        <ConflictView
          rows={clash.names.map((name) => {
            const field = fields.find((f) => f.name === name);
            return { name, label: field?.label ?? name, mine: clash.changes[name], theirs: clash.now.values[name], show: field?.show };
          })}
          error={work.error}
          isBusy={work.isPending}
          onCancel={() => setClash(null)}
          onChoose={(theirs) => work.mutate({ changes: without(clash.changes, theirs), from: clash.now })}
        />
      ),
  };
}
