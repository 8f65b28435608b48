import { lazyRouteComponent, type RouteComponent } from '@tanstack/react-router';
import { IconHeartbeat, IconHome, type TablerIcon } from '@tabler/icons-react';

export type NavGroup = 'top' | 'people' | 'evidence' | 'system';

type PageRoute = {
  path: string;
  component: RouteComponent;
  /** Where it stands in the navigation; without it the page is reached in another way. */
  nav?: { key: string; group: NavGroup; icon: TablerIcon; shortcut?: string };
  /** The right without which it is absent. */
  right?: string;
};

/** Every page inside of the frame; one line a page. What is not built is not here. */
export const pages: readonly PageRoute[] = [
  {
    path: '/',
    component: lazyRouteComponent(() => import('../home/HomePage'), 'HomePage'),
    nav: { key: 'home', group: 'top', icon: IconHome, shortcut: 'h' },
  },
  {
    path: '/health',
    component: lazyRouteComponent(() => import('../health/HealthPage'), 'HealthPage'),
    nav: { key: 'health', group: 'system', icon: IconHeartbeat },
    right: 'health.view',
  },
  { path: '/me', component: lazyRouteComponent(() => import('../me/ProfilePage'), 'ProfilePage') },
  { path: '/me/security', component: lazyRouteComponent(() => import('../me/SecurityPage'), 'SecurityPage') },
  { path: '/me/sign-ins', component: lazyRouteComponent(() => import('../me/SignInsPage'), 'SignInsPage') },
];
