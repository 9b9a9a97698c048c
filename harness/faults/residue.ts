/** What faults may leave behind, looked for by looking at everything, not by asking the fault that did it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { toxiproxyAt } from '../servers/toxiproxy/client.ts';
import { statedLatencyToxic } from '../servers/toxiproxy/hops.ts';
import type { Component, StartedStack } from '../stack/stack.ts';
import { commandLineOf, processTree } from '../system/proc.ts';
import type { StartedService } from '../launch/started-service.ts';
import { ask, consoleOf, stateLetter } from './parts.ts';

/** A session takes a moment to end after its client has. */
const usualGraceMs = 2000;

const toxics = async ({ toxiproxy }: StartedStack): Promise<string[]> => {
  if (toxiproxy === null) return [];
  const proxies = await toxiproxyAt(toxiproxy.apiUrl).proxies();
  return proxies.flatMap(({ name, enabled, toxics: all }) => [
    ...(enabled ? [] : [`proxy ${name} is disabled`]),
    ...all.filter((toxic) => toxic.name !== statedLatencyToxic).map((toxic) => `toxic ${toxic.name} on proxy ${name}`),
  ]);
};

const pausedPools = async ({ poolers }: StartedStack): Promise<string[]> => {
  const found = await Promise.all(
    poolers.map(async (pooler, index) => {
      const databases = await consoleOf(pooler).databases();
      return databases.flatMap(({ name, paused, disabled }) => [
        ...(paused ? [`database ${name} of pooler ${index} is paused`] : []),
        ...(disabled ? [`database ${name} of pooler ${index} is disabled`] : []),
      ]);
    }),
  );
  return found.flat();
};

/** Its root is named by its part alone; another process of it, as a backend, with what it says it is. */
const stoppedIn = ({ name, instance }: Component, root: number): string[] => [
  ...['T', 'Z']
    .filter((letter) => stateLetter(root) === letter)
    .map((letter) => `${name} ${instance} is in state ${letter}`),
  ...processTree(root)
    .filter(({ pid }) => pid !== root && stateLetter(pid) === 'T')
    .map(({ pid }) => `process ${pid} of ${name} ${instance} is in state T: ${commandLineOf(pid)}`),
];

/** Down or stopped, whichever of its processes; a container's are seen where its engine runs on this machine. */
const stoppedProcesses = (components: readonly Component[]): string[] =>
  components.flatMap((component) => {
    const usage = component.usage();
    if (usage === null) return [`${component.name} ${component.instance} is down`];
    return 'pid' in usage && usage.pid !== null ? stoppedIn(component, usage.pid) : [];
  });

/** Sessions of faults, and with them their locks; the one that looks is of the same name. */
const sessions = `
  SELECT format(
    'session %s of a fault is %s, with %s locks', pid, coalesce(state, 'there'),
    (SELECT count(*) FROM pg_locks WHERE pg_locks.pid = pg_stat_activity.pid AND relation IS NOT NULL)
  ) AS text
  FROM pg_stat_activity
  WHERE application_name = 'pgsurge-fault' AND pid <> pg_backend_pid()`;

/** A stack starts with none of these but the one that keeps the harness's own role `probe` from writing. */
const changedSettings = `
  SELECT format('setting %s is changed by ALTER SYSTEM to %L', name, setting) AS text
  FROM pg_file_settings
  WHERE sourcefile LIKE '%/postgresql.auto.conf'
  UNION ALL
  SELECT format(
    'setting %s is changed for %s', unnest(setconfig), concat_ws(' in ', 'role ' || rolname, 'database ' || datname)
  )
  FROM pg_db_role_setting
    LEFT JOIN pg_roles ON pg_roles.oid = setrole
    LEFT JOIN pg_database ON pg_database.oid = setdatabase
  WHERE rolname IS DISTINCT FROM 'probe'`;

const linesOf = async (stack: StartedStack, statement: string): Promise<string[]> =>
  (await ask<{ text: string }>(stack.databaseUrl('owner'), statement)).map(({ text }) => text);

/**
 * What is set for the server, its roles and databases before there is a load: a service's migrations may set some of
 * it. A database that was there already has settings of its own, and is not asked for them.
 */
export const settingsOfDatabase = async (stack: StartedStack): Promise<string[]> =>
  stack.provider === 'external' ? [] : linesOf(stack, changedSettings);

/** In one session, which would otherwise be seen by another. What was set `before` is nobody's residue. */
const inDatabase = async (stack: StartedStack, before: readonly string[]): Promise<string[]> => {
  const looks = stack.provider === 'external' ? sessions : `${sessions} UNION ALL ${changedSettings}`;
  return (await linesOf(stack, looks)).filter((line) => !before.includes(line));
};

interface ResidueOptions {
  /** Settings that stood before the load. */
  settingsBefore: readonly string[];
  graceMs?: number;
}

/** One line for each thing left after a short grace; looking that fails is one too, since nothing is known then. */
export const faultResidue = async (
  stack: StartedStack,
  service: Pick<StartedService, 'components'>,
  { settingsBefore, graceMs = usualGraceMs }: ResidueOptions,
): Promise<string[]> => {
  const looks = [
    () => toxics(stack),
    () => pausedPools(stack),
    async () => stoppedProcesses([...stack.components, ...service.components]),
    () => inDatabase(stack, settingsBefore),
  ];
  const deadline = performance.now() + graceMs;
  for (;;) {
    const found = (
      await Promise.all(looks.map((look) => look().catch((error: unknown) => [`could not look: ${messageOf(error)}`])))
    ).flat();
    if (found.length === 0 || performance.now() > deadline) return found;
    await sleep(100);
  }
};
