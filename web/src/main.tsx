import './ui/kit.css';
import './ui/touch.css';
import './ui/phone.css';
import './ui/tokens.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { gates } from './api/client';
import { Problem } from './api/problem';
import { Gatekeeper } from './console/shell/Gatekeeper';
import { makeRouter } from './console/shell/router';
import { LocaleProvider } from './i18n/locale';
import { setServerTime } from './ui/clock';
import { schemes } from './ui/schemes';
import { signStyles, styleNonce } from './ui/styleNonce';
import { Toasts } from './ui/Toasts';
import { theme, variables } from './ui/theme';

signStyles();
gates.onClock = setServerTime;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      retry: (count, error) => error instanceof Problem && error.isTransient && count < 2,
    },
  },
});
const router = makeRouter(client);
const root = document.getElementById('root');

if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={variables}
        colorSchemeManager={schemes}
        defaultColorScheme="auto"
        getStyleNonce={styleNonce}
      >
        <LocaleProvider>
          <QueryClientProvider client={client}>
            <Toasts />
            <Gatekeeper>
              <RouterProvider router={router} />
            </Gatekeeper>
          </QueryClientProvider>
        </LocaleProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
