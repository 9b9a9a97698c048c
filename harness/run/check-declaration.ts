/** What a declaration names that other rooms know: faults with their options, and charts. */
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { usageError } from '../errors.ts';
import { checkFaultsOf } from '../faults/load-fault.ts';
import { loadCharts } from '../report/charts/load-charts.ts';

/** Throws a usageError of one line that names the scenario and the place. */
export const checkDeclaration = async (declaration: ScenarioDeclaration): Promise<void> => {
  const { id, keyCharts } = declaration;
  await checkFaultsOf(declaration);
  const charts = (await loadCharts()).map((chart) => chart.id);
  const unknown = keyCharts?.find((chart) => !charts.includes(chart));
  if (unknown !== undefined)
    throw usageError(`scenario ${id}: keyCharts: there is no chart "${unknown}"; there are ${charts.join(', ')}`);
};
