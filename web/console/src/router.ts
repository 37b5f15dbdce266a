import { watch } from 'vue';
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router';
import type { Role } from '../../shared/api';
import DeskPage from './pages/DeskPage.vue';
import SignInPage from './pages/SignInPage.vue';
import type { useSession } from './stores/session';

declare module 'vue-router' {
  interface RouteMeta {
    /** Everybody may see it, signed in or not. */
    open?: boolean;
    /** The least role that may see it. */
    role?: Role;
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/desk/mine' },
  { path: '/sign-in', name: 'sign-in', component: SignInPage, meta: { open: true } },
  {
    path: '/desk/:view(mine|queue|open|closed)/:id?',
    name: 'desk',
    component: DeskPage,
    props: true,
  },
  {
    path: '/tickets/:number?',
    name: 'tickets',
    component: () => import('./pages/TicketsPage.vue'),
    props: true,
  },
  {
    path: '/knowledge/:entry?',
    name: 'knowledge',
    component: () => import('./pages/KnowledgePage.vue'),
    props: true,
  },
  {
    path: '/releases',
    name: 'releases',
    component: () => import('./pages/ReleasesPage.vue'),
    meta: { role: 'supervisor' },
  },
  { path: '/:rest(.*)*', redirect: '/' },
];

/** Pages, guarded: whoever is not signed in signs in first and then gets where they wanted. */
export function createConsoleRouter(session: ReturnType<typeof useSession>): Router {
  const router = createRouter({ history: createWebHistory('/console/'), routes });

  router.beforeEach(async (to) => {
    if (!session.known) await session.restore();
    if (to.meta.open) return true;
    if (!session.user) return { name: 'sign-in', query: { next: to.fullPath } };
    return to.meta.role && !session.covers(to.meta.role) ? '/' : true;
  });

  watch(
    () => session.user,
    (user) => {
      const here = router.currentRoute.value;
      if (session.known && !user && !here.meta.open) {
        void router.push({ name: 'sign-in', query: { next: here.fullPath } });
      }
    },
  );
  return router;
}
