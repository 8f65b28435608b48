import { Problem } from '../../api/problem';
import { useSecondsLeft } from '../../ui/useSecondsLeft';

type Attempt = { error: unknown; submittedAt: number };

/** How many seconds somebody must wait who was told to; 0: not at all. */
export function useWait({ error, submittedAt }: Attempt): number {
  const seconds = error instanceof Problem ? error.seconds : 0;
  return useSecondsLeft(seconds > 0 ? submittedAt + seconds * 1000 : null) ?? 0;
}
