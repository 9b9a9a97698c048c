/** What each kind of step does. An action gives what it has to say when all went well, and rejects when it did not. */
import type { Rollout, StepDeclaration } from '../../scenarios/lib/declaration.ts';
import { messageOf } from '../errors.ts';
import { scaledSeconds } from '../profile/profiles.ts';
import { poolerOf } from '../servers/pooler-products.ts';
import { limitedSql } from '../servers/postgres/limited-sql.ts';
import { waitUntil } from '../system/wait.ts';
import type { FaultsInForce } from './faults-in-force.ts';
import { sleepUntil, type StepContext } from './step-context.ts';

export type Action = (step: StepDeclaration, context: StepContext, faults: FaultsInForce) => Promise<string | null>;

/** How the replicas are replaced, where the variant does not say. */
const usualRollout: Partial<Record<StepDeclaration['do'], Rollout>> = { restart: 'at-once', roll: 'one-by-one' };

const rolloutWords: Record<Rollout, string> = {
  'at-once': 'all at once',
  'one-by-one': 'one by one',
  canary: 'one first, then one by one',
};

/** Says how only where the variant chooses it. */
const manner = ({ variant }: StepContext): string =>
  variant.rollout == null ? '' : `, ${rolloutWords[variant.rollout]}`;

const settingsInWords = ({ settings }: StepDeclaration): string => {
  if (settings == null) return '';
  const values = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return ` with ${values.join(', ')}`;
};

export const titleOf = (step: StepDeclaration, context: StepContext): string => {
  switch (step.do) {
    case 'sql':
      return `SQL: ${step.sql ?? ''}`;
    case 'inject':
      return `fault ${step.fault ?? ''}`;
    case 'heal':
      return `fault ${step.fault ?? ''} healed`;
    case 'restart-pooler':
      return `restart of pooler ${step.pooler ?? 0}, down for ${step.downSeconds ?? 0} s`;
    case 'restart':
    case 'roll':
      return `${step.do} of the service${settingsInWords(step)}${manner(context)}`;
  }
};

/**
 * The others wait while the canary is watched, and follow only where no alert bound was broken. Rejects where nobody
 * can say: cut short, or nothing heard of it.
 */
const rollCanary: Action = async ({ settings, watch }, context) => {
  const { canary, service, profile, signal } = context;
  const seconds = watch == null ? 0 : scaledSeconds(watch.fullSeconds, watch.floorSeconds, profile);
  let said: string | null = null;
  await service.roll({
    settings: settings ?? undefined,
    afterFirst: async () => {
      const { broken, readings } = await canary.judge({ seconds, factor: profile.factor, signal });
      if (signal.aborted) throw new Error('interrupted while the canary was watched');
      if (seconds > 0 && readings.length === 0) throw new Error('nothing was heard of the canary while it was watched');
      if (broken !== null) said = `the canary was undone: ${broken.words}`;
      else if (readings.length > 0) said = `the canary stayed: ${readings.join('; ')}`;
      return broken === null ? 'go-on' : 'undo';
    },
  });
  return said;
};

const replaceReplicas: Action = async (step, context, faults) => {
  const { service, variant } = context;
  const settings = step.settings ?? undefined;
  const rollout = variant.rollout ?? usualRollout[step.do];
  if (rollout === 'canary') return rollCanary(step, context, faults);
  if (rollout === 'at-once') await service.restart(settings);
  else await service.roll({ settings });
  return null;
};

const endLimitMs = 10_000;

/** Not a fault: whether the pooler gets its sessions back is what the scenario asks, so that it answers is enough. */
const restartPooler: Action = async ({ pooler, downSeconds }, context) => {
  const instance = pooler ?? 0;
  const { components, poolers, versions } = context.stack;
  const component = components.find((one) => one.name === 'pooler' && one.instance === instance);
  const product = poolers[instance]?.product;
  if (component === undefined || product === undefined) throw new Error(`the stack has no pooler ${instance}`);
  // An orderly end would wait for clients that keep their connections, which under an app pool is for ever.
  await component.kill(poolerOf(product).signals(versions[product] ?? '').immediate);
  await waitUntil(`the end of pooler ${instance}`, () => component.usage() === null, { limitMs: endLimitMs });
  await sleepUntil(context.nowMs() + (downSeconds ?? 0) * 1000, context);
  await component.start();
  return null;
};

/** A clean-up or a constraint, beside a load: what takes longer was not meant to. */
const sqlLimits = { statementMs: 60_000, lockMs: 30_000 };

const runSql: Action = async ({ sql, failsWith }, { stack }) => {
  await using client = await limitedSql(stack.databaseUrl('owner'), 'pgsurge-step', 'the statement', sqlLimits);
  const failure = await client.query(sql ?? '').then(
    () => null,
    (error: unknown) => error,
  );
  if (failure === null && failsWith == null) return null;
  if (failure === null) throw new Error(`it was done, but was declared to fail with "${failsWith}"`);
  if (failsWith == null || !messageOf(failure).includes(failsWith)) throw failure;
  return `failed, as declared: ${messageOf(failure)}`;
};

export const actions: Record<StepDeclaration['do'], Action> = {
  restart: replaceReplicas,
  roll: replaceReplicas,
  'restart-pooler': restartPooler,
  sql: runSql,
  inject: async (step, _context, faults) => {
    await faults.inject(step);
    return null;
  },
  heal: (step, _context, faults) => faults.heal(step.fault ?? ''),
};
