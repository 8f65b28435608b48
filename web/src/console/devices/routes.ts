import { IconDeviceDesktop } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { PageRoute } from '../../ui/pageRoute';

const tabs = () => import('./DeviceTabPages');

/** The fleet, the bin, and the pages about one device. */
export const devicePages: readonly PageRoute[] = [
  {
    path: '/devices',
    component: lazyRouteComponent(() => import('./DevicesPage'), 'DevicesPage'),
    nav: { key: 'devices', group: 'top', icon: IconDeviceDesktop, shortcut: 'd' },
    right: 'devices.view',
  },
  {
    path: '/devices/pending',
    component: lazyRouteComponent(() => import('./PendingPage'), 'PendingPage'),
    right: 'devices.pending',
  },
  {
    path: '/devices/deleted',
    component: lazyRouteComponent(() => import('./DeletedPage'), 'DeletedPage'),
    right: 'devices.delete',
  },
  { path: '/d/$id', component: lazyRouteComponent(() => import('./ByNumber'), 'ByNumber'), right: 'devices.view' },
  { path: '/devices/$id', component: lazyRouteComponent(() => import('./DevicePage'), 'DevicePage'), right: 'devices.view' },
  { path: '/devices/$id/sessions', component: lazyRouteComponent(tabs, 'DeviceSessionsPage'), right: 'audit.view' },
  { path: '/devices/$id/recordings', component: lazyRouteComponent(tabs, 'DeviceRecordingsPage'), right: 'recordings.view' },
  { path: '/devices/$id/files', component: lazyRouteComponent(tabs, 'DeviceFilesPage'), right: 'audit.view' },
  { path: '/devices/$id/audit', component: lazyRouteComponent(tabs, 'DeviceAuditPage'), right: 'audit.view' },
  { path: '/devices/$id/access', component: lazyRouteComponent(tabs, 'DeviceAccessPage'), right: 'devices.view' },
];
