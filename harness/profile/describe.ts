import { formatMinutes } from '../measure/numbers-in-words.ts';
import { planSeconds, type Plan } from './plan.ts';

/** Ports of one stack: Postgres, three poolers at most, Toxiproxy with three links, OTLP, the front and its replicas. */
const portsPerEntry = 12;
/** Measured on the nightly matrix: samples as Parquet, ledger and logs, rounded up. */
const megabytesPerMinute = 4;

const asText = (plan: Plan): string => {
  const lines = plan.entries.map(
    ({ entry, phases }) =>
      `  ${entry.padEnd(36)} ${phases.map(({ name, startMs, endMs }) => `${name} ${Math.round((endMs - startMs) / 1000)} s`).join(', ')}`,
  );
  const minutes = planSeconds(plan) / 60;
  return [
    `${plan.entries.length} entries, profile ${plan.profile.name} (full lengths divided by ${plan.profile.factor}, with floors):`,
    ...lines,
    `about ${formatMinutes(planSeconds(plan))}; up to ${portsPerEntry} loopback ports between 20000 and 29999 at a time; ` +
      `about ${Math.max(50, Math.ceil(minutes * megabytesPerMinute))} MB of disk`,
    '',
  ].join('\n');
};

/** `--dry-run`: the plan, its minutes, ports and disk. Nothing is started. */
export const describePlan = (plan: Plan, json: boolean): string =>
  json
    ? `${JSON.stringify({ profile: plan.profile.name, seconds: planSeconds(plan), entries: plan.entries.map(({ entry, phases }) => ({ entry, phases })) }, null, 2)}\n`
    : asText(plan);
