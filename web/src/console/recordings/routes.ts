import { IconVideo } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { PageRoute } from '../../ui/pageRoute';

const right = 'recordings.view';

export const recordingPages: readonly PageRoute[] = [
  {
    path: '/recordings',
    component: lazyRouteComponent(() => import('./RecordingsPage'), 'RecordingsPage'),
    nav: { key: 'recordings', group: 'evidence', icon: IconVideo, shortcut: 'r' },
    right,
  },
  { path: '/recordings/$id', component: lazyRouteComponent(() => import('./RecordingPage'), 'RecordingPage'), right },
];
