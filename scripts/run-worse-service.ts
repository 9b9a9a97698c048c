/** One run of the matrix on a service that was made worse: `node scripts/run-worse-service.ts NAME REPORTS`. */
import { terminalProgress } from '../harness/run/progress.ts';
import { run } from '../harness/run/run.ts';
import { smokeRequest } from '../harness/run/smoke-request.ts';
import { worseServices } from './lib/worse-services.ts';

const [name, reports] = process.argv.slice(2);
const service = worseServices.find((one) => one.name === name);
if (service === undefined || reports === undefined) throw new Error('give the name of a worse service and a folder');

process.exitCode = await run(
  smokeRequest({
    scenarios: ['matrix'],
    reports,
    argv: ['run', 'matrix'],
    plant: { settings: service.settings },
    ...(service.linkMs === undefined ? {} : { linkMs: service.linkMs }),
  }),
  terminalProgress(process.stderr),
);
