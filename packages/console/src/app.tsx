import { CSPProvider } from '@base-ui/react/csp-provider';
import { Toast } from '@base-ui/react/toast';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { queryClient } from './api/query-client.ts';
import { toastManager } from './components/toast-manager.ts';
import { Toasts } from './components/toasts.tsx';
import { ShortcutsProvider } from './keyboard/shortcuts-provider.tsx';
import { router } from './router.tsx';

export function App() {
  return (
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <Toast.Provider toastManager={toastManager} limit={4} timeout={12_000}>
          <ShortcutsProvider>
            <RouterProvider router={router} />
            <Toasts />
          </ShortcutsProvider>
        </Toast.Provider>
      </QueryClientProvider>
    </CSPProvider>
  );
}
