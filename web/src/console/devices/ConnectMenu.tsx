import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconChevronDown, IconPlugConnected } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { connectKinds, viewerPath } from '../../entities/connecting';
import styles from './devices.module.css';

const ownTab = { target: '_blank', rel: 'noopener' } as const;

/** Connects to a device: to its screen at once, to its files, a terminal or its camera by the menu beside that. */
export function ConnectMenu({ id }: { id: string }) {
  const t = useTranslations('devices');
  const words = useTranslations('entities');
  return (
    <span className={styles.connect}>
      <Button component="a" href={viewerPath(id)} {...ownTab} leftSection={<IconPlugConnected size={16} aria-hidden />}>
        {t('connect')}
      </Button>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t('connectWays')}>
            <IconChevronDown size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {connectKinds.map((k) => (
            <Menu.Item key={k.kind} component="a" href={viewerPath(id, k)} {...ownTab}>
              {words(`kinds.${k.number}`)}
            </Menu.Item>
          ))}
          <Menu.Item disabled>
            {t('viewOnly')}
            <span className={styles.why}>{t('viewOnlyNot')}</span>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
