import { IconRoute } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { PageRoute } from '../../ui/pageRoute';

/** Who reaches what. */
export const accessPages: readonly PageRoute[] = [
  {
    path: '/access',
    component: lazyRouteComponent(() => import('./AccessPage'), 'AccessPage'),
    nav: { key: 'access', group: 'policy', icon: IconRoute, shortcut: 'a' },
    right: 'access.view',
  },
  {
    path: '/access/explore',
    component: lazyRouteComponent(() => import('./ExplorePage'), 'ExplorePage'),
    right: 'access.view',
  },
];
