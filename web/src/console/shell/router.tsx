import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { basePath } from '../../api/base';
import { meQuery } from '../../api/me';
import { Problem } from '../../api/problem';
import { Lost } from './Lost';
import { pages } from './pages';
import { RouteError } from './RouteError';
import { NotFound } from './NotFound';

type Context = { client: QueryClient };

export type SignInSearch = { to?: string; back?: string };

const rootRoute = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: RouteError,
});

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): SignInSearch => ({
    ...(typeof search.to === 'string' ? { to: search.to } : {}),
    ...(typeof search.back === 'string' ? { back: search.back } : {}),
  }),
  component: lazyRouteComponent(() => import('../signin/SignInPage'), 'SignInPage'),
});

const setup = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  component: lazyRouteComponent(() => import('../setup/SetupPage'), 'SetupPage'),
});

async function letIn(client: QueryClient, href: string): Promise<void> {
  try {
    await client.query(meQuery);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is how the router goes elsewhere
      throw redirect({ to: '/sign-in', search: href === '/' ? {} : { to: href } });
    }
    throw error;
  }
}

// In a tab of its own, without navigation; for somebody too.
const remote = createRoute({
  getParentRoute: () => rootRoute,
  path: '/remote/$id',
  validateSearch: (search: Record<string, unknown>) => search,
  component: lazyRouteComponent(() => import('../viewer/RemotePage'), 'RemotePage'),
  beforeLoad: ({ context, location }) => letIn(context.client, location.href),
});

// Everything inside of the frame is for somebody.
const frame = createRoute({
  getParentRoute: () => rootRoute,
  id: 'frame',
  component: lazyRouteComponent(() => import('./Frame'), 'Frame'),
  beforeLoad: ({ context, location }) => letIn(context.client, location.href),
});

const inside = pages.map((page) =>
  createRoute({
    getParentRoute: () => frame,
    path: page.path,
    // Each page reads its own keys out of what is there; unknown ones are kept.
    validateSearch: (search: Record<string, unknown>) => search,
    component: page.component,
    staticData: { page },
  }),
);

// The frame stays around what is not there.
const lost = createRoute({ getParentRoute: () => frame, path: '$', component: Lost });

const tree = rootRoute.addChildren([signIn, setup, remote, frame.addChildren([...inside, lost])]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: basePath === '' ? '/' : basePath,
    context: { client },
    defaultPreload: 'intent',
    scrollRestoration: true,
    // Plain texts, as people write them; not JSON.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const values = new URLSearchParams();
      for (const [key, value] of Object.entries(search)) {
        if (typeof value === 'string' && value !== '') values.set(key, value);
      }
      const text = values.toString();
      return text === '' ? '' : `?${text}`;
    },
  });
}
