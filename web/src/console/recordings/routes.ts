import { IconVideo } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { PageRoute } from '../../ui/pageRoute';

/** Everybody has recordings of the own sessions; administrators see all. */
export const recordingPages: readonly PageRoute[] = [
  {
    path: '/recordings',
    component: lazyRouteComponent(() => import('./RecordingsPage'), 'RecordingsPage'),
    nav: { key: 'recordings', group: 'evidence', icon: IconVideo, shortcut: 'r' },
  },
  { path: '/recordings/$id', component: lazyRouteComponent(() => import('./RecordingPage'), 'RecordingPage') },
];
