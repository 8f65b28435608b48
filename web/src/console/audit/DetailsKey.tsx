import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLayoutSidebarRightExpand } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';

/** All of a row, beside the list. */
export function DetailsKey({ name, onOpen }: { name: string; onOpen: () => void }) {
  const t = useTranslations('list');
  const label = t('details', { name });
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={32} aria-label={label} onClick={onOpen}>
        <IconLayoutSidebarRightExpand size={18} stroke={1.75} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
