import { formatMinutes } from '../measure/numbers-in-words.ts';
import { environmentOf } from './environment.ts';
import { planSeconds, type Plan, type PlanEntry } from './plan.ts';

/** Postgres, Toxiproxy with three links, the partner, OTLP, k6's API and the front. */
const portsBesideReplicas = 9;

const portsOf = (entry: PlanEntry): number => {
  const { replicas, stack } = environmentOf(entry);
  return portsBesideReplicas + (stack?.poolers ?? 1) + (replicas ?? 2);
};
/** Measured on the nightly matrix: samples as Parquet, ledger and logs, rounded up. */
const megabytesPerMinute = 4;

const secondsOf = ({ startMs, endMs }: PlanEntry['phases'][number]): number => Math.round((endMs - startMs) / 1000);

const lineOf = ({ entry, phases }: PlanEntry): string => {
  const lengths = phases.map((phase) => `${phase.name} ${secondsOf(phase)} s`);
  return `  ${entry.padEnd(36)} ${lengths.join(', ')}`;
};

const asText = (plan: Plan): string => {
  const { entries, profile } = plan;
  const seconds = planSeconds(plan);
  const megabytes = Math.max(50, Math.ceil((seconds / 60) * megabytesPerMinute));
  const costs = [
    `about ${formatMinutes(seconds)}`,
    `up to ${Math.max(...entries.map(portsOf))} loopback ports between 20000 and 29999 at a time`,
    `about ${megabytes} MB of disk`,
  ];
  return [
    `${entries.length} entries, profile ${profile.name} (full lengths divided by ${profile.factor}, with floors):`,
    ...entries.map(lineOf),
    costs.join('; '),
    '',
  ].join('\n');
};

const asJson = (plan: Plan): string => {
  const entries = plan.entries.map(({ entry, phases }) => ({ entry, phases }));
  return `${JSON.stringify({ profile: plan.profile.name, seconds: planSeconds(plan), entries }, null, 2)}\n`;
};

/** `--dry-run`: the plan, its minutes, ports and disk. Nothing is started. */
export const describePlan = (plan: Plan, json: boolean): string => (json ? asJson(plan) : asText(plan));
