/** What faults may leave behind, looked for by looking at everything, not by asking the fault that did it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { Component, StartedStack } from '../stack/stack.ts';
import type { StartedTarget } from '../target/target.ts';
import { ask, stateLetter } from './parts.ts';

/** The stack's own toxic, where the scenario states a latency; it is no fault. */
const statedLatency = 'stated-latency';
/** A session takes a moment to end after its client has. */
const usualGraceMs = 2000;

interface ProxyState { name: string; enabled: boolean; toxics: { name: string }[] }

const toxics = async ({ toxiproxy }: StartedStack): Promise<string[]> => {
  if (toxiproxy === null) return [];
  const answer = await fetch(`${toxiproxy.apiUrl}/proxies`, { signal: AbortSignal.timeout(2000) });
  const proxies = Object.values((await answer.json()) as Record<string, ProxyState>);
  return proxies.flatMap(({ name, enabled, toxics: all }) => [
    ...(enabled ? [] : [`proxy ${name} is disabled`]),
    ...all.filter((toxic) => toxic.name !== statedLatency).map((toxic) => `toxic ${toxic.name} on proxy ${name}`),
  ]);
};

const pausedPools = async ({ poolers }: StartedStack): Promise<string[]> => {
  const found = await Promise.all(poolers.map(async ({ adminUrl }, index) =>
    (await ask<{ name: string; paused: string | number; disabled: string | number }>(adminUrl, 'SHOW DATABASES')).flatMap(({ name, paused, disabled }) => [
      ...(Number(paused) === 1 ? [`database ${name} of pooler ${index} is paused`] : []),
      ...(Number(disabled) === 1 ? [`database ${name} of pooler ${index} is disabled`] : []),
    ])));
  return found.flat();
};

const stoppedProcesses = (components: readonly Component[]): string[] =>
  components.flatMap((component) => {
    const usage = component.usage();
    if (usage === null) return [`${component.name} ${component.instance} is down`];
    const letter = 'pid' in usage && usage.pid !== null ? stateLetter(usage.pid) : null;
    return letter === 'T' || letter === 'Z' ? [`${component.name} ${component.instance} is in state ${letter}`] : [];
  });

/** Sessions of faults, and with them their locks; the one that looks is of the same name. */
const sessions = async (stack: StartedStack): Promise<string[]> => {
  const rows = await ask<{ pid: number; state: string | null; locks: number }>(stack.databaseUrl('owner'), `
    SELECT pid, state, (SELECT count(*)::int FROM pg_locks WHERE pg_locks.pid = pg_stat_activity.pid AND relation IS NOT NULL) AS locks
    FROM pg_stat_activity WHERE application_name = 'pgsurge-fault' AND pid <> pg_backend_pid()`);
  return rows.map(({ pid, state, locks }) => `session ${pid} of a fault is ${state ?? 'there'}, with ${locks} locks`);
};

/** One line for each thing left after a short grace; looking that fails is one too, since nothing is known then. */
export const faultResidue = async (stack: StartedStack, target: Pick<StartedTarget, 'components'>, graceMs = usualGraceMs): Promise<string[]> => {
  const looks = [() => toxics(stack), () => pausedPools(stack), async () => stoppedProcesses([...stack.components, ...target.components]), () => sessions(stack)];
  const deadline = performance.now() + graceMs;
  for (;;) {
    const found = (await Promise.all(looks.map((look) => look().catch((error: unknown) => [`could not look: ${messageOf(error)}`])))).flat();
    if (found.length === 0 || performance.now() > deadline) return found;
    await sleep(100);
  }
};
