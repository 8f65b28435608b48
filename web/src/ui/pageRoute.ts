import type { TablerIcon } from '@tabler/icons-react';
import { useRouter, type RouteComponent } from '@tanstack/react-router';

export type NavGroup = 'top' | 'people' | 'policy' | 'evidence' | 'system';
export const navGroups: readonly NavGroup[] = ['top', 'people', 'policy', 'evidence', 'system'];

/** A page inside of the frame, as its feature declares it. */
export type PageRoute = {
  path: string;
  component: RouteComponent;
  /** Where it stands in the navigation; without it the page is reached in another way. */
  nav?: { key: string; group: NavGroup; icon: TablerIcon; shortcut?: string };
  /** The right without which it is absent. */
  right?: string;
};

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    page?: PageRoute;
  }
}

export type NavEntry = { path: string; nav: NonNullable<PageRoute['nav']> };

/** What stands in the navigation of whoever has these rights. */
export function navOf(pages: readonly PageRoute[], rights: readonly string[]): NavEntry[] {
  const may = (right: string | undefined) => right === undefined || rights.includes(right);
  return pages.flatMap(({ path, nav, right }) => {
    if (nav === undefined) return [];
    if (may(right)) return [{ path, nav }];
    // Somebody may have a right to one page of the settings only.
    const inner = pages.find((p) => p.path.startsWith(`${path}/`) && !p.path.includes('$') && p.right !== right && may(p.right));
    return path === '/settings' && inner !== undefined ? [{ path: inner.path, nav }] : [];
  });
}

type Declared = { options: { staticData?: { page?: PageRoute } } };

/** Every page of the console, in the order of the navigation. */
export function usePages(): PageRoute[] {
  const routes = useRouter().routesById as Readonly<Record<string, Declared>>;
  return Object.values(routes).flatMap(({ options }) => (options.staticData?.page === undefined ? [] : [options.staticData.page]));
}
