import { expect, test } from 'vitest';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { checkDeclaration } from './check-declaration.ts';

const scenario = { id: 'herd', steps: null, keyCharts: ['counts', 'app-pool'] } as unknown as ScenarioDeclaration;

test('charts and faults that a declaration names are there, or it is refused in one line', async () => {
  await expect(checkDeclaration(scenario)).resolves.toBeUndefined();
  await expect(checkDeclaration({ ...scenario, keyCharts: ['graph'] })).rejects.toThrow(
    /^scenario herd: keyCharts: there is no chart "graph"; there are load, latency, /,
  );
  const steps = [{ phase: 'x', atSeconds: 1, do: 'inject', fault: 'quake' } as const];
  await expect(checkDeclaration({ ...scenario, steps })).rejects.toThrow(
    /^scenario herd: steps\[0\]: there is no fault "quake"; there are /,
  );
});
