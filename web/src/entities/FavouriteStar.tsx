import { ActionIcon, Tooltip } from '@mantine/core';
import { IconStar, IconStarFilled } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { useFavourite } from './useFavourite';

/** Keeps a device at hand: on Home, and as a filter of the list. */
export function FavouriteStar({ guid, name }: { guid: string; name: string }) {
  const t = useTranslations('entities.favourite');
  const { isFavourite, toggle } = useFavourite(guid);
  const word = t(isFavourite ? 'removeOf' : 'addOf', { name });
  return (
    <Tooltip label={t(isFavourite ? 'remove' : 'add')}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={word} aria-pressed={isFavourite} onClick={toggle}>
        {isFavourite ? <IconStarFilled size={18} aria-hidden /> : <IconStar size={18} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}
