import { expect, test } from 'vitest';
import type { Alert, IncidentStep } from '../../shared/api/alerts';
import type { Wall } from '../../shared/api/wall';
import { nextStep, standing } from '../src/components/alerts/steps';
import { detailsOf } from '../src/components/audit/details';
import { candidates, inAttention } from '../src/components/people/candidates';
import { useAlerts } from '../src/stores/alerts';
import { useAudit } from '../src/stores/audit';
import { useWall } from '../src/stores/wall';
import { agent } from './agents';
import { withServer } from './shell-fakes';

const WALL: Wall = {
  queue: { count: 0, longest_wait_seconds: 0, by_priority: {}, by_category: {} },
  agents: [{ ...agent('1'), current: [], handled_today: 3 }],
  breaches: [],
  breaching: [],
  today: {
    handoffs: 0,
    first_response_p50_seconds: null,
    sla: {},
    csat: { average: null, count: 0 },
    abandoned: 0,
  },
};

test('a supervisor sees who is there first, the busiest on top', () => {
  const people = [
    agent('away', { effective_presence: 'offline' }),
    agent('free', { load: 1 }),
    agent('full', { load: 8 }),
  ];
  expect(people.sort(inAttention).map((each) => each.id)).toEqual(['full', 'free', 'away']);
});

test('work is offered to who is there and has most room, never to its holder', () => {
  const people = [
    agent('holder'),
    agent('full', { load: 8 }),
    agent('free', { load: 1 }),
    agent('none', { capacity: 0 }),
    agent('gone', { active: false }),
  ];
  const ids = candidates(people, '', 'holder').map((each) => each.id);
  expect(ids.slice(0, 1)).toEqual(['free']);
  expect(ids).not.toContain('holder');
  expect(ids).not.toContain('gone');
  expect(candidates(people, 'FREE', null)).toHaveLength(1);
});

test('the wall keeps its last figures while the desk is away, and says so', async () => {
  const server = withServer()
    .on('GET /wall', () => WALL)
    .on('GET /queue', () => ({ items: [] }));
  const store = useWall();
  await store.load();
  server.on('GET /wall', () => {
    throw new Error('away');
  });
  await store.load();
  expect(store.wall?.agents).toHaveLength(1);
  expect(store.error).toBeInstanceOf(Error);
});

test('presence is seen at once, and what the wall knows besides stays', async () => {
  withServer()
    .on('GET /wall', () => WALL)
    .on('GET /queue', () => ({ items: [] }));
  const store = useWall();
  await store.load();
  store.hear({ type: 'presence', agent: agent('1', { effective_presence: 'break' }) });
  expect(store.wall?.agents[0]).toMatchObject({ effective_presence: 'break', handled_today: 3 });
});

function step(name: string, due: string, done: string | null = null): IncidentStep {
  return {
    step: name,
    name,
    due_at: `2026-11-21T${due}:00Z`,
    done_at: done && `2026-11-21T${done}:00Z`,
    done_by: null,
    owner: null,
    result: null,
    breached: false,
  };
}

test('each step of an incident says whether it is done, late, next, over or ahead', () => {
  const steps = [
    step('response', '08:15', '08:10'),
    step('assessment', '09:00', '09:30'),
    step('plan', '10:00'),
    step('report', '12:00'),
    step('investigation', '20:00'),
  ];
  const now = Date.parse('2026-11-21T10:30:00Z');
  expect(steps.map((each) => standing(each, steps, now).state)).toEqual([
    'done',
    'late',
    'over',
    'ahead',
    'ahead',
  ]);
  expect(nextStep(steps)?.step).toBe('plan');
  expect(standing(steps[2]!, steps, Date.parse('2026-11-21T09:45:00Z'))).toEqual({
    state: 'now',
    seconds: 900,
  });
  expect(nextStep([])).toBeNull();
});

function alert(id: string, change: Partial<Alert> = {}): Alert {
  return {
    id,
    kind: 'sla_breach',
    text: '',
    level: 'lead',
    subject: { kind: 'desk', id: 'x', title: '' },
    told: [],
    raised_at: `2026-11-21T08:0${id}:00Z`,
    acknowledged_by: null,
    acknowledged_at: null,
    ended_at: null,
    ...change,
  };
}

test('a new alert stands on top, and one that has ended leaves the open ones', async () => {
  withServer().on('GET /alerts', () => ({ items: [alert('1')], next: null }));
  const store = useAlerts();
  await store.loadAlerts();
  store.receive(alert('2'));
  expect(store.alerts?.map((each) => each.id)).toEqual(['2', '1']);
  store.receive(alert('1', { ended_at: '2026-11-21T09:00:00Z' }));
  expect(store.alerts?.map((each) => each.id)).toEqual(['2']);
});

test('an answer that another choice has overtaken is dropped', async () => {
  let answer: (page: unknown) => void = () => undefined;
  const server = withServer().on('GET /alerts', () => new Promise((resolve) => (answer = resolve)));
  const store = useAlerts();
  const first = store.loadAlerts();
  const late = answer;
  store.onlyOpen = false;
  server.on('GET /alerts', () => ({ items: [alert('2')], next: null }));
  await store.loadAlerts();
  late({ items: [alert('1')], next: null });
  await first;
  expect(store.alerts?.map((each) => each.id)).toEqual(['2']);
});

test('the audit log goes on where the last page ended, with the same filter', async () => {
  const queries: unknown[] = [];
  withServer().on('GET /audit', ({ query }) => {
    queries.push(query);
    return { items: [], next: queries.length === 1 ? '41' : null };
  });
  const store = useAudit();
  await store.narrow({ action: 'reveal', staff_id: '' });
  await store.more();
  await store.more();
  expect(queries).toEqual([
    { action: 'reveal', cursor: undefined },
    { action: 'reveal', cursor: '41' },
  ]);
});

test('of what was changed the audit log shows only what is different', () => {
  const data = {
    changed: {
      chat_first_response: {
        before: { P1: { minutes: 1 }, P2: { minutes: 2 } },
        after: { P1: { minutes: 1 }, P2: { minutes: 3 } },
      },
    },
  };
  expect(detailsOf(data)).toEqual([{ name: 'chat_first_response.P2.minutes', text: '2 → 3' }]);
});

test('of several fields that were changed each is told by its name', () => {
  const changed = [{ field: 'capacity', before: 8, after: 30 }];
  expect(detailsOf({ changed })).toEqual([{ name: 'capacity', text: '8 → 30' }]);
});

test('a reason beside a change is shown, and lists are readable', () => {
  expect(detailsOf({ before: 'P1', after: 'P2', reason: '险情排除' })).toEqual([
    { name: '', text: 'P1 → P2' },
    { name: 'reason', text: '险情排除' },
  ]);
  expect(detailsOf({ changed: ['capacity', 'skills'] })).toEqual([
    { name: 'changed', text: 'capacity、skills' },
  ]);
});
