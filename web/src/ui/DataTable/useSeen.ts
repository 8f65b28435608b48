import { useState } from 'react';

/** What is known of how a list was read; of all that match, as it was in the moment in which that was chosen. */
export function useSeen<T>(isAll: boolean, now: T): T {
  const [seen, setSeen] = useState({ isAll, now });
  if (seen.isAll === isAll) return isAll ? seen.now : now;
  setSeen({ isAll, now });
  return now;
}
