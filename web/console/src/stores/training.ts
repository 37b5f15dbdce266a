import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Canary, Release, Run, RunDetail } from '../../../shared/api/training';
import { TrainingApi } from '../api/training';
import { useApi } from '../api/provide';

/** A training that goes on is asked about so often, besides what the desk tells by itself. */
const LOG_EVERY_MS = 2_000;

/** Trainings, the releases that came of them, and the trial of one. */
export const useTraining = defineStore('training', () => {
  const api = useApi(TrainingApi);
  const runs = ref<Run[] | null>(null);
  /** What is new since the newest training began. */
  const changes = ref(0);
  /** The newest training with its log. */
  const detail = ref<RunDetail | null>(null);
  const releases = ref<Release[] | null>(null);
  const canary = ref<Canary | null>(null);
  const error = ref<unknown>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watching = false;

  const newest = computed(() => runs.value?.[0] ?? null);
  /** The newest training that went to its end: the next one takes about as long. */
  const finished = computed(
    () => runs.value?.find((each) => each.state === 'done' && each.started_at) ?? null,
  );
  const running = computed(() => (newest.value && isOpen(newest.value) ? newest.value : null));
  const live = computed(() => releases.value?.find((each) => each.state === 'live') ?? null);
  /** The release that a rollback brings back. */
  const former = computed(() => releases.value?.find((each) => each.rollback) ?? null);

  /** What the gate says; where nothing is live yet, nothing is against it. */
  function passed(release: Release): boolean | null {
    return live.value ? release.passed : true;
  }

  async function load(): Promise<void> {
    try {
      const [list, all, trial] = await Promise.all([api.runs(), api.releases(), api.canary()]);
      runs.value = list.items;
      changes.value = list.changes;
      releases.value = all;
      canary.value = trial;
      error.value = null;
      if (newest.value) detail.value = await api.run(newest.value.id);
    } catch (problem) {
      error.value = problem;
    }
    later();
  }

  /** Follow the training while the page is there. */
  function watch(): void {
    watching = true;
    void load();
  }

  function leave(): void {
    watching = false;
    clearTimeout(timer);
  }

  async function start(): Promise<void> {
    receive(await api.start());
  }

  async function cancel(): Promise<void> {
    if (running.value) receive(await api.cancel(running.value.id));
  }

  /** How far a training is; when it has ended, what came of it is read. */
  function receive(run: Run): void {
    const others = (runs.value ?? []).filter((each) => each.id !== run.id);
    const wasOpen = running.value?.id === run.id;
    runs.value = [run, ...others].sort((a, b) => b.created_at.localeCompare(a.created_at));
    const log = detail.value?.id === run.id ? detail.value.log : '';
    if (newest.value?.id === run.id) detail.value = { ...run, log };
    if (!isOpen(run) && wasOpen) void load();
    else later();
  }

  function later(): void {
    clearTimeout(timer);
    if (watching && running.value) timer = setTimeout(() => void readLog(), LOG_EVERY_MS);
  }

  async function readLog(): Promise<void> {
    const id = running.value?.id;
    if (!id) return;
    try {
      const read = await api.run(id);
      detail.value = read;
      receive(read);
    } catch {
      // the next one may be read
      later();
    }
  }

  async function promote(number: number, overrideReason: string | null): Promise<void> {
    await api.promote(number, overrideReason);
    await load();
  }

  async function rollBack(reason: string | null): Promise<void> {
    await api.rollBack(reason);
    await load();
  }

  async function startCanary(number: number, share: number, why: string | null): Promise<void> {
    await api.startCanary(number, share, why);
    await load();
  }

  async function stopCanary(): Promise<void> {
    canary.value = await api.stopCanary();
    await load();
  }

  return {
    runs,
    changes,
    detail,
    releases,
    canary,
    error,
    newest,
    finished,
    running,
    live,
    former,
    passed,
    load,
    watch,
    leave,
    start,
    cancel,
    receive,
    promote,
    rollBack,
    startCanary,
    stopCanary,
  };
});

function isOpen(run: Run): boolean {
  return run.state === 'queued' || run.state === 'running';
}
