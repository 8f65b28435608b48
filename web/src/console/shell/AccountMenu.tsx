import { ActionIcon, Menu } from '@mantine/core';
import { IconBell, IconBook, IconDatabase, IconDevices2, IconKey, IconLanguage, IconLogout, IconShieldLock, IconUserCircle } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { call } from '../../api/client';
import { basePath } from '../../api/base';
import { can, type Me } from '../../api/me';
import { useLocaleChoice } from '../../i18n/locale';
import { Portrait } from '../../ui/Portrait';

/** The own account, and out. */
export function AccountMenu({ me }: { me: Me }) {
  const t = useTranslations('shell');
  const navigate = useNavigate();
  const { locale, choose } = useLocaleChoice();
  const other = locale === 'en' ? 'zh-CN' : 'en';
  const leave = async () => {
    await call('POST', '/api/console/sign-out', { isOpen: true });
    // Everything that was read goes with the page.
    location.assign(`${basePath}/sign-in`);
  };
  return (
    <Menu position="bottom-end" width={240} shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('account', { name: me.name })}>
          <Portrait path={me.avatar} size={24} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.display_name === '' ? me.name : me.display_name}</Menu.Label>
        <Menu.Item leftSection={<IconUserCircle size={18} aria-hidden />} onClick={() => void navigate({ to: '/me' })}>
          {t('profile')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconShieldLock size={18} aria-hidden />}
          onClick={() => void navigate({ to: '/me/security' })}
        >
          {t('security')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconDevices2 size={18} aria-hidden />}
          onClick={() => void navigate({ to: '/me/sign-ins' })}
        >
          {t('signIns')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconBell size={18} aria-hidden />}
          onClick={() => void navigate({ to: '/me/notifications' })}
        >
          {t('notifications')}
        </Menu.Item>
        {can(me, 'tokens.own') ? (
          <Menu.Item leftSection={<IconKey size={18} aria-hidden />} onClick={() => void navigate({ to: '/me/tokens' })}>
            {t('tokens')}
          </Menu.Item>
        ) : null}
        <Menu.Item leftSection={<IconDatabase size={18} aria-hidden />} onClick={() => void navigate({ to: '/me/data' })}>
          {t('data')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item lang={other} leftSection={<IconLanguage size={18} aria-hidden />} onClick={() => choose(other)}>
          {t('otherLanguage')}
        </Menu.Item>
        <Menu.Item component="a" href={`${basePath}/docs`} target="_blank" rel="noopener" leftSection={<IconBook size={18} aria-hidden />}>
          {t('reference')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={18} aria-hidden />} onClick={() => void leave()}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
