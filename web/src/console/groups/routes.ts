import { IconDevices, IconUsersGroup } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { PageRoute } from '../../ui/pageRoute';

const right = 'groups.view';
const lists = () => import('./GroupsPage');
const tabs = () => import('./GroupTabPages');

/** Groups of users and of devices, and the pages about one of them. */
export const groupPages: readonly PageRoute[] = [
  {
    path: '/user-groups',
    component: lazyRouteComponent(lists, 'UserGroupsPage'),
    nav: { key: 'userGroups', group: 'people', icon: IconUsersGroup },
    right,
  },
  {
    path: '/device-groups',
    component: lazyRouteComponent(lists, 'DeviceGroupsPage'),
    nav: { key: 'deviceGroups', group: 'people', icon: IconDevices },
    right,
  },
  { path: '/user-groups/$guid', component: lazyRouteComponent(tabs, 'UserGroupMembersPage'), right },
  { path: '/user-groups/$guid/reach', component: lazyRouteComponent(tabs, 'UserGroupReachPage'), right },
  { path: '/user-groups/$guid/audit', component: lazyRouteComponent(tabs, 'UserGroupAuditPage'), right },
  { path: '/device-groups/$guid', component: lazyRouteComponent(tabs, 'DeviceGroupMembersPage'), right },
  { path: '/device-groups/$guid/reach', component: lazyRouteComponent(tabs, 'DeviceGroupReachPage'), right },
  { path: '/device-groups/$guid/strategy', component: lazyRouteComponent(tabs, 'DeviceGroupStrategyPage'), right },
  { path: '/device-groups/$guid/audit', component: lazyRouteComponent(tabs, 'DeviceGroupAuditPage'), right },
];
