import { IconAddressBook } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { PageRoute } from '../../ui/pageRoute';

const page = lazyRouteComponent(() => import('./BooksPage'), 'BooksPage');

export const bookPages: readonly PageRoute[] = [
  { path: '/books', component: page, nav: { key: 'books', group: 'top', icon: IconAddressBook, shortcut: 'b' } },
  { path: '/books/all', component: lazyRouteComponent(() => import('./AllBooksPage'), 'AllBooksPage'), right: 'settings.edit' },
  {
    path: '/books/all/$id',
    component: lazyRouteComponent(() => import('./AnyBookPage'), 'AnyBookPage'),
    right: 'settings.edit',
  },
  { path: '/books/$id', component: page },
  { path: '/books/$id/import', component: lazyRouteComponent(() => import('./ImportPage'), 'ImportPage') },
  { path: '/books/$id/$tab', component: page },
];
