import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';

type Props = { csv: string };

/** All of a list as a file, in either of two forms. */
export function ExportMenu({ csv }: Props) {
  const t = useTranslations('list');
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} rightSection={<IconChevronDown size={16} aria-hidden />}>
          {t('exportAs')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={csv} download>
          {t('asCsv')}
        </Menu.Item>
        <Menu.Item component="a" href={csv.replace('format=csv', 'format=jsonl')} download>
          {t('asJson')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
