import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { seriesOf, type LogLine } from '../../measure/tracks/observations.ts';
import { afterWarmup } from '../judged-windows.ts';
import { notSeen } from '../unknowns.ts';

/** Written by the harness's supervisor, which knows a death that it caused from one that it did not. */
const death = /replica \d+ of the service died \(([^)]*)\)/;
/** Older runs tell of deaths only by lines of the service's log, of which so many were kept. */
const mostOldLines = 300;

const tellsOfDeath = ({ component, text }: LogLine): boolean => component === 'service' && death.test(text);

const wordsOf = (lines: readonly LogLine[]): string =>
  lines
    .slice(0, 3)
    .map(({ text }) => death.exec(text)?.[0] ?? text)
    .join('; ');

const measured = (value: number, lines: readonly LogLine[]): Measurement => ({
  state: 'measured',
  value,
  count: value,
  measuredBy: "deaths that the harness's supervisor saw and did not cause",
  reason: value === 0 ? 'none died by itself' : wordsOf(lines) || `${value} deaths`,
  evidence: lines.slice(0, 3).map(({ atMs, text }) => ({ atMs, text: text.slice(0, 300), source: 'supervisor' })),
});

const isOlder = ({ observations }: JudgeInput): boolean => seriesOf(observations, 'log.lines').length === 0;

const tellsByLines = (input: JudgeInput): boolean =>
  isOlder(input) && seriesOf(input.observations, 'service.exits').length === 0;

/** The count is not there: an older run may tell by its lines, unless they reached their limit. */
const byLines = (input: JudgeInput): Measurement => {
  const { observations } = input;
  const lines = observations.logLines.filter(tellsOfDeath);
  const kept = observations.logLines.filter(({ component }) => component === 'service').length;
  const couldTell =
    isOlder(input) && kept < mostOldLines && seriesOf(observations, 'db.client.connection.max').length > 0;
  return lines.length > 0 || couldTell ? measured(lines.length, lines) : notSeen("words of the service's supervisor");
};

const measure = (input: JudgeInput): Measurement => {
  const exits = seriesOf(input.observations, 'service.exits');
  if (exits.length === 0) return byLines(input);
  const count = exits.reduce((total, { values }) => total + Math.max(0, ...values), 0);
  const lines = input.observations.logLines.filter(tellsOfDeath);
  const fromSupervisor = lines.filter(({ text }) => text.startsWith('supervisor: '));
  return measured(count, fromSupervisor.length > 0 ? fromSupervisor : lines);
};

export const criterion: Criterion = {
  id: 'replica-deaths',
  title: 'Replicas that ended by themselves',
  failureTitle: 'Replicas of the service die',
  source: 'ours (node-postgres#821: a lost idle connection that nobody listens for ends the process)',
  unit: 'deaths',
  bounds: [{ severity: 'fail', comparator: '<=', value: 0 }],
  causeRank: 10,
  needs: 'supervisor',
  sees: [{ source: 'supervisor', windows: (input) => (tellsByLines(input) ? [] : afterWarmup(input.phases)) }],
  chart: 'errors',
  nextStep:
    "Read the last lines of that replica's log before its end: an error event without a listener, a " +
    'rejection that nobody handles, memory.',
  measure,
};
