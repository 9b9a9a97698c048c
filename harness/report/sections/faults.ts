/** What was broken on purpose, what it did, and how the service came back. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { formatDuration } from '../../measure/numbers-in-words.ts';
import type { Observations } from '../../measure/tracks/observations.ts';
import type { FaultResult, ScenarioResult } from '../../result.ts';
import { instantOf } from './evidence.ts';
import { harmTable } from './harm.ts';
import { numbers, sectionOf, tableOfAny, words } from './table.ts';
import type { Cell } from './table.ts';

const biteWords: Record<string, string> = {
  bit: 'bit',
  partial: 'bit in part',
  'did-not-bite': 'did not bite',
  unknown: 'unknown whether it bit',
};

const proofOf = ({ bite, revertProved, biteAtTarget, biteAtService, message }: FaultResult): Html => {
  const quotes = [biteAtTarget, biteAtService].map((one) => one && html` <q class="quote">${one.text}</q>`);
  const remark = message ? html` <span class="soft">${message}</span>` : null;
  return html`${biteWords[bite]}${revertProved ? ', mended' : ', not proved mended'}${quotes}${remark}`;
};

const faultRow = (fault: FaultResult, startMs: number): Cell[] => [
  fault.title,
  html`<code>${fault.target}</code>`,
  instantOf(fault.injectedAtMs, startMs),
  instantOf(fault.revertedAtMs, startMs),
  proofOf(fault),
];

const recoveryTitles: Record<string, string> = {
  firstSuccessSeconds: 'First success',
  lastErrorSeconds: 'Last failed request',
  lastSlowTransactionSeconds: 'Last slow transaction (1 s or more)',
};

const recoveryTable = ({ recovery }: ScenarioResult): Html | null =>
  tableOfAny({
    caption:
      'Recovery, from the end of the disturbance: stable is after the last bad observation, not at the first good one',
    columns: [...words('Figure'), ...numbers('Time')],
    rows: Object.entries(recovery ?? {}).map(([id, seconds]) => [
      recoveryTitles[id] ?? id,
      seconds === null ? 'not within the run' : formatDuration(seconds * 1000),
    ]),
  });

export const faultsSection = (
  scenario: ScenarioResult,
  observations: Observations | null,
  startMs: number,
): Html | null =>
  sectionOf(
    'faults',
    'What was broken on purpose',
    tableOfAny({
      caption: 'Faults: proved from a source other than the service',
      columns: [...words('Fault', 'Target'), ...numbers('Injected', 'Reverted'), ...words('Proof')],
      rows: scenario.faults.map((fault) => faultRow(fault, startMs)),
    }),
    harmTable(scenario, observations),
    recoveryTable(scenario),
  );
