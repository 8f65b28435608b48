import { IconAdjustments } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { PageRoute } from '../../ui/pageRoute';

/** Settings that are pushed to devices. */
export const strategyPages: readonly PageRoute[] = [
  {
    path: '/strategies',
    component: lazyRouteComponent(() => import('./StrategiesPage'), 'StrategiesPage'),
    nav: { key: 'strategies', group: 'policy', icon: IconAdjustments },
    right: 'strategies.view',
  },
  {
    path: '/strategies/$guid',
    component: lazyRouteComponent(() => import('./StrategyPage'), 'StrategyPage'),
    right: 'strategies.view',
  },
  {
    path: '/strategies/$guid/targets',
    component: lazyRouteComponent(() => import('./TargetsPage'), 'TargetsPage'),
    right: 'strategies.view',
  },
  {
    path: '/strategies/$guid/rollout',
    component: lazyRouteComponent(() => import('./RolloutPage'), 'RolloutPage'),
    right: 'strategies.view',
  },
  {
    path: '/strategies/$guid/preview',
    component: lazyRouteComponent(() => import('./PreviewPage'), 'PreviewPage'),
    right: 'strategies.view',
  },
  {
    path: '/strategies/$guid/history',
    component: lazyRouteComponent(() => import('./HistoryPage'), 'HistoryPage'),
    right: 'strategies.view',
  },
  {
    path: '/devices/$id/policy',
    component: lazyRouteComponent(() => import('./DevicePolicyPage'), 'DevicePolicyPage'),
    right: 'strategies.view',
  },
];
