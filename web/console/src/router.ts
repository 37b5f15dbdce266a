import { watch } from 'vue';
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router';
import type { Role } from '../../shared/api';
import { SECTIONS } from './components/material/sections';
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
    path: '/desk/:view(mine|queue|team|unassigned|breaching|mentioned|open|closed)/:id?',
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
    path: '/customers/:id?',
    name: 'customers',
    component: () => import('./pages/CustomersPage.vue'),
    props: true,
  },
  {
    path: '/appointments',
    name: 'appointments',
    component: () => import('./pages/AppointmentsPage.vue'),
  },
  {
    path: '/follow-ups',
    name: 'follow-ups',
    component: () => import('./pages/FollowUpsPage.vue'),
  },
  {
    path: '/knowledge/:entry?',
    name: 'knowledge',
    component: () => import('./pages/KnowledgePage.vue'),
    props: true,
  },
  { path: '/material', redirect: '/material/intents' },
  {
    path: `/material/:section(${SECTIONS.join('|')})/:label?`,
    name: 'material',
    component: () => import('./pages/MaterialPage.vue'),
    props: true,
    meta: { role: 'supervisor' },
  },
  {
    path: '/review',
    name: 'review',
    component: () => import('./pages/ReviewPage.vue'),
    meta: { role: 'supervisor' },
  },
  {
    path: '/review/clusters',
    name: 'clusters',
    component: () => import('./pages/ClustersPage.vue'),
    meta: { role: 'supervisor' },
  },
  {
    path: '/training',
    name: 'training',
    component: () => import('./pages/TrainingPage.vue'),
    meta: { role: 'supervisor' },
  },
  {
    path: '/training/:number(\\d+)',
    name: 'release',
    component: () => import('./pages/ProofPage.vue'),
    props: (route) => ({
      number: Number(route.params['number']),
      against: Number(route.query['against']) || null,
    }),
    meta: { role: 'supervisor' },
  },
  {
    path: '/wall',
    name: 'wall',
    component: () => import('./pages/WallPage.vue'),
    meta: { role: 'supervisor' },
  },
  {
    path: '/alerts',
    name: 'alerts',
    component: () => import('./pages/AlertsPage.vue'),
    props: { tab: 'alerts' },
  },
  {
    path: '/incidents/:number?',
    name: 'incidents',
    component: () => import('./pages/AlertsPage.vue'),
    props: (route) => ({ tab: 'incidents', number: route.params['number'] || undefined }),
  },
  {
    path: '/audit',
    name: 'audit',
    component: () => import('./pages/AuditPage.vue'),
    meta: { role: 'supervisor' },
  },
  { path: '/settings', redirect: '/settings/staff' },
  {
    path: '/settings/:section',
    name: 'settings',
    component: () => import('./pages/SettingsPage.vue'),
    props: true,
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
