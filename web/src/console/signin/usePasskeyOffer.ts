import { useEffect, useRef } from 'react';
import { Problem } from '../../api/problem';
import { offerPasskey, type Step } from './queries';

type Answers = { onStep: (step: Step) => void; onRefusal: (error: unknown) => void };

/** Has the browser offer passkeys among what it fills into the name's field; not while it asks in a dialog. */
export function usePasskeyOffer(isPaused: boolean, answers: Answers): void {
  const latest = useRef(answers);
  useEffect(() => {
    latest.current = answers;
  });
  useEffect(() => {
    if (isPaused) return;
    const abort = new AbortController();
    offerPasskey(abort.signal).then(
      (step) => {
        if (step !== null) latest.current.onStep(step);
      },
      (error: unknown) => {
        // What the browser itself refuses, nobody asked for.
        if (error instanceof Problem && error.code === 'wrong_passkey') latest.current.onRefusal(error);
      },
    );
    return () => abort.abort();
  }, [isPaused]);
}
