/**
 * The shape of pgsurge.config, as zod checks it. The types of `config.ts` say the same, and the compiler holds the two
 * together. Each message goes on with the field's name: "service.replicas must be …".
 */
import { z } from 'zod';
import type { PgsurgeConfig } from './config.ts';
import { fields } from './fields.ts';
import { poolerNumbers } from './pooler-names.ts';

const text = z.string({ error: 'must be a text' }).min(1, { error: 'must not be empty' });
const texts = z.array(text, { error: 'must be a list of texts' });
const flag = z.union([text, z.number(), z.boolean()], { error: 'must be a text, a number, or true or false' });
const table = z.record(text, flag, { error: 'must be a table of names and values' });

const wholeNumber = (from: number, to: number): z.ZodNumber => {
  const error = `must be a whole number from ${from} to ${to}`;
  return z.number({ error }).int({ error }).min(from, { error }).max(to, { error });
};
const seconds = z.number({ error: 'must be a number of seconds' }).positive({ error: 'must be above 0' });

const command = z.union([text, texts.min(1, { error: 'must name a program' })], {
  error: 'must be a line for the shell, or a list of a program and its arguments',
});

const ready = z.union([text, fields({ path: text.optional(), log: text.optional(), seconds: seconds.optional() })], {
  error: 'must be a path, as "/health", or { path, log, seconds }',
});

const signals = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'] as const;

const process = {
  command,
  replicas: wholeNumber(1, 20).optional(),
  environment: table.optional(),
  cwd: text.optional(),
  ready: ready.optional(),
  stop: fields({
    signal: z.enum(signals, { error: `must be one of ${signals.join(', ')}` }).optional(),
    seconds: seconds.optional(),
  }).optional(),
  budget: fields({
    cores: z.number({ error: 'must be a number of cores' }).positive({ error: 'must be above 0' }),
    memoryMiB: z.number({ error: 'must be a number of MiB' }).positive({ error: 'must be above 0' }),
  }).optional(),
};

const databaseVariables = fields({
  url: text.optional(),
  directUrl: text.optional(),
  jdbcUrl: text.optional(),
  host: text.optional(),
  port: text.optional(),
  name: text.optional(),
  user: text.optional(),
  password: text.optional(),
});

const service = fields({
  ...process,
  port: z
    .union([text, wholeNumber(1, 65535)], { error: 'must be the name of a variable, as "PORT", or a port' })
    .optional(),
  database: z
    .union([text, databaseVariables], { error: 'must be the name of a variable, as "DATABASE_URL", or several names' })
    .optional(),
  migrate: command.optional(),
  prepare: command.optional(),
  processes: z.record(text, fields(process), { error: 'must be a table of processes by name' }).optional(),
});

const runningElsewhere = fields({
  url: text,
  databaseUrl: text,
  poolerAdminUrl: text.optional(),
  log: text.optional(),
  tapUrls: texts.optional(),
  otlpPort: wholeNumber(1, 65535).optional(),
  allowHosts: texts.optional(),
});

const postgres = fields({
  version: wholeNumber(9, 99).optional(),
  bin: text.optional(),
  conf: text.optional(),
  settings: table.optional(),
  roleConnectionLimit: wholeNumber(1, 10_000).optional(),
  extensions: texts.optional(),
  sql: texts.optional(),
  seed: z
    .union([text, fields({ command, files: texts.optional() })], {
      error: 'must be a dump, as "seed.sql", or { command, files }',
    })
    .optional(),
});

const poolerNumber = z.number({ error: 'must be a number' }).nonnegative({ error: 'must not be below 0' });
const pooler = fields({
  ini: text.optional(),
  poolers: wholeNumber(1, 3).optional(),
  mode: z
    .enum(['session', 'transaction', 'statement'], { error: 'must be session, transaction or statement' })
    .optional(),
  ...poolerNumbers(poolerNumber.optional()),
});

const stack = fields({
  postgres: postgres.optional(),
  pooler: z.union([z.literal(false), pooler], { error: 'must be false, or settings as { mode, poolSize }' }).optional(),
  route: z.enum(['pooler', 'direct'], { error: 'must be pooler or direct' }).optional(),
  linkMs: z.number({ error: 'must be a number of ms' }).min(0, { error: 'must not be below 0' }).max(1000).optional(),
});

const load = z.union([text, fields({ script: text, variables: table.optional(), options: texts.optional() })], {
  error: 'must be a k6 script, as "load/journey.ts", or { script, variables, options }',
});

const bound = fields({
  value: z.number({ error: 'must be a number' }).optional(),
  comparator: z.enum(['<', '<=', '=', '>=', '>'], { error: 'must be one of <, <=, =, >=, >' }).optional(),
  notApplicable: text.optional(),
});

const waiver = fields({
  criterion: text,
  bound: z.number({ error: 'must be a number' }).optional(),
  reason: text,
  until: z.iso.date({ error: 'must be a day, as 2026-12-31' }),
});

export const configShape: z.ZodType<PgsurgeConfig> = fields({
  name: text.optional(),
  service: z
    .union([z.literal('reference'), service, runningElsewhere], {
      error: 'must be { command }, the { url, databaseUrl } of one that runs elsewhere, or "reference"',
    })
    .optional(),
  stack: stack.optional(),
  load: load.optional(),
  criteria: z
    .record(
      text,
      z.union([z.number(), bound], { error: 'must be a number, or { value, comparator, notApplicable }' }),
      {
        error: 'must be a table of bounds by criterion',
      },
    )
    .optional(),
  waivers: z.array(waiver, { error: 'must be a list of { criterion, reason, until }' }).optional(),
});
