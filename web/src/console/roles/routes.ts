import { IconUserShield } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { PageRoute } from '../../ui/pageRoute';

/** What people may do. */
export const rolePages: readonly PageRoute[] = [
  {
    path: '/roles/control',
    component: lazyRouteComponent(() => import('./ControlRolesPage'), 'ControlRolesPage'),
    nav: { key: 'controlRoles', group: 'policy', icon: IconUserShield },
    right: 'access.view',
  },
];
