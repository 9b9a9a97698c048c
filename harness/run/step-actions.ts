/** What each kind of step does. An action gives what it has to say when all went well, and rejects when it did not. */
import type { Rollout, StepDeclaration } from '../../scenarios/lib/declaration.ts';
import { messageOf } from '../errors.ts';
import { scaledSeconds } from '../profile/profiles.ts';
import { limitedSql } from '../servers/postgres/limited-sql.ts';
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
    case 'restart':
    case 'roll':
      return `${step.do} of the service${settingsInWords(step)}${manner(context)}`;
  }
};

/** The others wait while the canary is watched. Rejects where it was cut short: they must not follow then. */
const watchCanary = async ({ watch }: StepDeclaration, context: StepContext): Promise<void> => {
  const seconds = watch == null ? 0 : scaledSeconds(watch.fullSeconds, watch.floorSeconds, context.profile);
  const reached = await sleepUntil(context.nowMs() + seconds * 1000, context);
  if (!reached) throw new Error('interrupted while the canary was watched');
};

const replaceReplicas: Action = async (step, context) => {
  const { service, variant } = context;
  const settings = step.settings ?? undefined;
  const rollout = variant.rollout ?? usualRollout[step.do];
  if (rollout === 'at-once') await service.restart(settings);
  else if (rollout === 'canary') await service.roll({ settings, afterFirst: () => watchCanary(step, context) });
  else await service.roll({ settings });
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
  sql: runSql,
  inject: async (step, _context, faults) => {
    await faults.inject(step);
    return null;
  },
  heal: (step, _context, faults) => faults.heal(step.fault ?? ''),
};
