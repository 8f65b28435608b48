import type { TablerIcon } from '@tabler/icons-react';
import type { RouteComponent } from '@tanstack/react-router';

export type NavGroup = 'top' | 'people' | 'policy' | 'evidence' | 'system';

/** A page inside of the frame, as its feature declares it. */
export type PageRoute = {
  path: string;
  component: RouteComponent;
  /** Where it stands in the navigation; without it the page is reached in another way. */
  nav?: { key: string; group: NavGroup; icon: TablerIcon; shortcut?: string };
  /** The right without which it is absent. */
  right?: string;
};
