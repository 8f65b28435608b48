import { IconSettings } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { PageRoute } from '../../ui/pageRoute';

const right = 'settings.view';
const general = lazyRouteComponent(() => import('./GeneralPage'), 'GeneralPage');

export const settingPages: readonly PageRoute[] = [
  { path: '/settings', component: general, nav: { key: 'settings', group: 'system', icon: IconSettings, shortcut: 't' }, right },
  { path: '/settings/clients', component: lazyRouteComponent(() => import('./ClientsPage'), 'ClientsPage'), right },
  { path: '/settings/sign-in', component: lazyRouteComponent(() => import('./SignInPolicyPage'), 'SignInPolicyPage'), right },
  { path: '/settings/providers', component: lazyRouteComponent(() => import('./ProvidersPage'), 'ProvidersPage'), right },
  { path: '/settings/directory', component: lazyRouteComponent(() => import('./DirectoryPage'), 'DirectoryPage'), right },
  { path: '/settings/enrolment', component: lazyRouteComponent(() => import('./EnrolmentPage'), 'EnrolmentPage'), right },
  { path: '/settings/mail', component: lazyRouteComponent(() => import('./MailPage'), 'MailPage'), right },
  { path: '/settings/notifications', component: lazyRouteComponent(() => import('./ChannelsPage'), 'ChannelsPage'), right: 'channels.view' },
  {
    path: '/settings/notifications/deliveries',
    component: lazyRouteComponent(() => import('./DeliveriesPage'), 'DeliveriesPage'),
    right: 'channels.view',
  },
  { path: '/settings/relays', component: lazyRouteComponent(() => import('./RelaysPage'), 'RelaysPage'), right: 'relays.view' },
  { path: '/settings/storage', component: lazyRouteComponent(() => import('./StoragePage'), 'StoragePage'), right },
  { path: '/settings/backups', component: lazyRouteComponent(() => import('./BackupsPage'), 'BackupsPage'), right: 'backups.view' },
  { path: '/settings/import', component: lazyRouteComponent(() => import('./ImportPage'), 'ImportPage'), right },
  { path: '/settings/tokens', component: lazyRouteComponent(() => import('./TokensPage'), 'TokensPage'), right },
  { path: '/settings/nodes', component: lazyRouteComponent(() => import('./NodesPage'), 'NodesPage'), right },
  { path: '/settings/options', component: lazyRouteComponent(() => import('./OptionsPage'), 'OptionsPage'), right },
];
