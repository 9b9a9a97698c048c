/** Which variants there were, and what came of each. */
import { expectationWord, expectedVerdict, letterOf } from '../format.ts';
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import type { ScenarioResult } from '../../result.ts';
import { sharedInWords } from './differences.ts';
import { numbers, sectionOf, tableFrom, words } from './table.ts';
import type { Cell } from './table.ts';

const demands = { pass: 'meets its criteria', symptoms: 'shows its symptoms' } as const;

const variantRow = (scenario: ScenarioResult): Cell[] => {
  const { variant, variantTitle, expected, message, reason, note } = scenario;
  const remark = note ? html`<span class="how">${withCode(note)}</span>` : null;
  return [
    html`${variant}<span class="how">${variantTitle ?? ''}</span>`,
    demands[expected],
    badgeOf(expectedVerdict(scenario), expectationWord(scenario)),
    letterOf(scenario),
    html`${withCode(message ?? reason)}${remark}`,
  ];
};

export const variantsSection = (scenarios: readonly ScenarioResult[]): Html | null =>
  sectionOf(
    'variants',
    'The variants',
    tableFrom({
      caption: `${sharedInWords(scenarios)} What was expected of each, and what came`,
      columns: [...words('Variant', 'Expected: it', 'As expected'), ...numbers('Grade'), ...words('What came')],
      rows: scenarios.map(variantRow),
    }),
  );
