import { IconShieldCog, IconUserShield } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { PageRoute } from '../../ui/pageRoute';

const adminRole = lazyRouteComponent(() => import('./AdminRolePage'), 'AdminRolePage');

/** What people may do. */
export const rolePages: readonly PageRoute[] = [
  {
    path: '/roles/control',
    component: lazyRouteComponent(() => import('./ControlRolesPage'), 'ControlRolesPage'),
    nav: { key: 'controlRoles', group: 'policy', icon: IconUserShield },
    right: 'control_roles.view',
  },
  {
    path: '/roles/admin',
    component: lazyRouteComponent(() => import('./AdminRolesPage'), 'AdminRolesPage'),
    nav: { key: 'adminRoles', group: 'policy', icon: IconShieldCog },
    right: 'settings.edit',
  },
  { path: '/roles/admin/new', component: adminRole, right: 'settings.edit' },
  { path: '/roles/admin/$id', component: adminRole, right: 'settings.edit' },
];
