import { useQueryClient } from '@tanstack/react-query';
import { savePreferences, usePreferences } from '../api/preferences';
import { useProblemText } from '../ui/problemText';
import { complain } from '../ui/toast';

/** Whether a person keeps a device at hand, and how that is changed. */
export function useFavourite(guid: string) {
  const { favourites } = usePreferences();
  const client = useQueryClient();
  const textOf = useProblemText();
  const isFavourite = favourites.includes(guid);
  const toggle = () => {
    const next = isFavourite ? favourites.filter((f) => f !== guid) : [...favourites, guid];
    void savePreferences({ favourites: next }).then(
      () => Promise.all([client.invalidateQueries({ queryKey: ['overview'] }), client.invalidateQueries({ queryKey: ['devices'] })]),
      (problem: unknown) => complain(textOf(problem)),
    );
  };
  return { isFavourite, toggle };
}
