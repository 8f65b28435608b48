import { lazyRouteComponent } from '@tanstack/react-router';
import {
  IconHeartbeat,
  IconHistory,
  IconHome,
  IconPlugConnected,
} from '@tabler/icons-react';
import type { PageRoute } from '../../ui/pageRoute';
import { devicePages } from '../devices/routes';
import { alarmPages } from '../alarms/routes';
import { bookPages } from '../books/routes';
import { groupPages } from '../groups/routes';
import { recordingPages } from '../recordings/routes';
import { settingPages } from '../settings/routes';
import { accessPages } from '../access/routes';
import { rolePages } from '../roles/routes';
import { userPages } from '../users/routes';
import { strategyPages } from '../strategies/routes';

/** Every page inside of the frame. What is not built is not here. */
export const pages: readonly PageRoute[] = [
  {
    path: '/',
    component: lazyRouteComponent(() => import('../home/HomePage'), 'HomePage'),
    nav: { key: 'home', group: 'top', icon: IconHome, shortcut: 'h' },
  },
  ...devicePages,
  {
    path: '/sessions',
    component: lazyRouteComponent(() => import('../sessions/SessionsPage'), 'SessionsPage'),
    nav: { key: 'sessions', group: 'top', icon: IconPlugConnected, shortcut: 's' },
    right: 'audit.view',
  },
  ...bookPages,
  ...userPages,
  ...groupPages,
  ...accessPages,
  ...strategyPages,
  ...rolePages,
  {
    path: '/audit/connections',
    component: lazyRouteComponent(() => import('../audit/ConnectionsPage'), 'ConnectionsPage'),
    nav: { key: 'audit', group: 'evidence', icon: IconHistory },
    right: 'audit.view',
  },
  {
    path: '/audit/files',
    component: lazyRouteComponent(() => import('../audit/FilesPage'), 'FilesPage'),
    right: 'audit.view',
  },
  {
    path: '/audit/console',
    component: lazyRouteComponent(() => import('../audit/ConsolePage'), 'ConsolePage'),
    right: 'audit.edit',
  },
  ...recordingPages,
  ...alarmPages,
  ...settingPages,
  {
    path: '/health',
    component: lazyRouteComponent(() => import('../health/HealthPage'), 'HealthPage'),
    nav: { key: 'health', group: 'system', icon: IconHeartbeat },
    right: 'health.view',
  },
  { path: '/me', component: lazyRouteComponent(() => import('../me/ProfilePage'), 'ProfilePage') },
  { path: '/me/security', component: lazyRouteComponent(() => import('../me/SecurityPage'), 'SecurityPage') },
  {
    path: '/me/notifications',
    component: lazyRouteComponent(() => import('../me/NotificationsPage'), 'NotificationsPage'),
  },
  {
    path: '/me/tokens',
    component: lazyRouteComponent(() => import('../me/OwnTokensPage'), 'OwnTokensPage'),
    right: 'tokens.own',
  },
  { path: '/me/data', component: lazyRouteComponent(() => import('../me/DataPage'), 'DataPage') },
  { path: '/me/sign-ins', component: lazyRouteComponent(() => import('../me/SignInsPage'), 'SignInsPage') },
];
