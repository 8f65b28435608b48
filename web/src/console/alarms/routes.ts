import { IconBell } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { PageRoute } from '../../ui/pageRoute';

export const alarmPages: readonly PageRoute[] = [
  {
    path: '/alarms',
    component: lazyRouteComponent(() => import('./AlarmsPage'), 'AlarmsPage'),
    nav: { key: 'alarms', group: 'evidence', icon: IconBell },
    right: 'audit.view',
  },
  { path: '/alarms/rules', component: lazyRouteComponent(() => import('./RulesPage'), 'RulesPage'), right: 'settings.view' },
  { path: '/alarms/muted', component: lazyRouteComponent(() => import('./MutesPage'), 'MutesPage'), right: 'audit.edit' },
];
