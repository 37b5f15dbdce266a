import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Role, StaffSession, User } from '../../../shared/api';
import { useDesk } from '../api';
import { setDeskZone } from '../format/zone';
import { forgetKept } from './kept-keys';

const ORDER: readonly Role[] = ['agent', 'supervisor', 'admin'];

/** Who is signed in. */
export const useSession = defineStore('session', () => {
  const desk = useDesk();
  const user = ref<User | null>(null);
  const csrfToken = ref('');
  /** Has the desk been asked who this is? */
  const known = ref(false);

  /** Grows with every sign-out. */
  const signOuts = ref(0);

  /** May the user do what `role` may? */
  function covers(role: Role): boolean {
    return user.value !== null && ORDER.indexOf(user.value.role) >= ORDER.indexOf(role);
  }

  function enter(session: StaffSession): void {
    user.value = session.user;
    csrfToken.value = session.csrf_token;
    setDeskZone(session.time_zone);
    known.value = true;
  }

  function leave(): void {
    user.value = null;
    csrfToken.value = '';
    known.value = true;
  }

  /** Ask the desk who this is; false when nobody is signed in. */
  async function restore(): Promise<boolean> {
    try {
      enter(await desk.me());
      return true;
    } catch {
      leave();
      return false;
    }
  }

  async function signIn(username: string, password: string): Promise<void> {
    enter(await desk.login(username, password));
  }

  /** Of their own will, unlike a session that expires: what they were writing is forgotten. */
  async function signOut(): Promise<void> {
    const left = user.value;
    try {
      await desk.logout();
    } finally {
      leave();
      if (left) forgetKept(left.id);
      signOuts.value += 1;
    }
  }

  const maySupervise = computed(() => covers('supervisor'));

  return {
    user,
    csrfToken,
    known,
    signOuts,
    maySupervise,
    covers,
    restore,
    signIn,
    signOut,
    leave,
  };
});
