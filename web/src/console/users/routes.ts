import { IconUsers } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { PageRoute } from '../../ui/pageRoute';

const tabs = () => import('./UserTabPages');

/** Everybody with an account, and the pages about one of them. */
export const userPages: readonly PageRoute[] = [
  {
    path: '/users',
    component: lazyRouteComponent(() => import('./UsersPage'), 'UsersPage'),
    nav: { key: 'users', group: 'people', icon: IconUsers, shortcut: 'u' },
    right: 'users.view',
  },
  {
    path: '/users/deleted',
    component: lazyRouteComponent(() => import('./DeletedUsersPage'), 'DeletedUsersPage'),
    right: 'users.delete',
  },
  { path: '/users/$guid', component: lazyRouteComponent(() => import('./UserPage'), 'UserPage'), right: 'users.view' },
  { path: '/users/$guid/devices', component: lazyRouteComponent(tabs, 'UserDevicesPage'), right: 'users.view' },
  { path: '/users/$guid/security', component: lazyRouteComponent(() => import('./UserSecurity'), 'UserSecurityPage'), right: 'users.second_factor' },
  { path: '/users/$guid/tokens', component: lazyRouteComponent(tabs, 'UserTokensPage'), right: 'users.view' },
  { path: '/users/$guid/sessions', component: lazyRouteComponent(tabs, 'UserSessionsPage'), right: 'users.view' },
  { path: '/users/$guid/recordings', component: lazyRouteComponent(tabs, 'UserRecordingsPage'), right: 'users.view' },
  { path: '/users/$guid/access', component: lazyRouteComponent(tabs, 'UserAccessPage'), right: 'users.view' },
  { path: '/users/$guid/roles', component: lazyRouteComponent(tabs, 'UserRolesPage'), right: 'users.view' },
  { path: '/users/$guid/audit', component: lazyRouteComponent(tabs, 'UserAuditPage'), right: 'audit.view' },
];
