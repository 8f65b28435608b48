import { Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { call } from '../../api/client';
import type { PageOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import type { Gifts } from './pending';

type Props = {
  label: string;
  /** What the button is called for those who don't see its row. */
  about: string;
  variant?: 'filled' | 'default';
  onApprove: (gifts: Gifts) => void;
  onMore: () => void;
};

const mostGroups = 12;

/** Lets machines in: into one of the first groups with one more press, or into whatever is chosen then. */
export function ApproveMenu({ label, about, variant = 'filled', onApprove, onMore }: Props) {
  const t = useTranslations('devices.pending');
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  const mayGroup = can(me, 'devices.group');
  const { data: groups } = useQuery({
    queryKey: ['device-groups', 'first', mostGroups],
    queryFn: async ({ signal }) =>
      (await call<PageOf<{ name: string }>>('GET', `/api/device-groups?pageSize=${mostGroups}`, { signal })).data,
    enabled: isOpen && mayGroup,
  });
  return (
    <Menu position="bottom-end" shadow="md" opened={isOpen} onChange={setOpen}>
      <Menu.Target>
        <Button size="xs" variant={variant} aria-label={about} rightSection={<IconChevronDown size={14} aria-hidden />}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {mayGroup && (groups?.length ?? 0) > 0 ? <Menu.Label>{t('intoGroup')}</Menu.Label> : null}
        {(mayGroup ? groups ?? [] : []).map(({ name }) => (
          <Menu.Item key={name} onClick={() => onApprove({ device_groups: [name] })}>
            {name}
          </Menu.Item>
        ))}
        {mayGroup && (groups?.length ?? 0) > 0 ? <Menu.Divider /> : null}
        <Menu.Item onClick={() => onApprove({})}>{t('noGroup')}</Menu.Item>
        <Menu.Item onClick={onMore}>{t('choose')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
