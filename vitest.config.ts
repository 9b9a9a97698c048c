import { defineConfig } from 'vitest/config';

const tests = (pattern: string): string[] =>
  ['.ci', 'bin', 'harness', 'scripts', 'service', 'scenarios'].map((folder) => `${folder}/**/*${pattern}`);
const withServices = ['.stack.test.ts', '.page.test.ts'].flatMap(tests);
const withContainers = tests('.docker.test.ts');
const wanted = process.env['PGSURGE_TEST_CONTAINERS'] === '1';

/**
 * A case that is marked `{ tags: 'full' }` takes long: `npm test` leaves it to `npm run test:full`, and CI runs both.
 * CONTRIBUTING.md says which those are, and how long they take.
 */
const tags = [{ name: 'full', description: 'takes long: not in npm test, but in npm run test:full' }];

const setupFiles = ['harness/tools/test-worker.ts'];

/**
 * `unit` is quick and needs nothing; `stack` starts real services, one file at a time; `docker` needs containers and runs
 * only where asked for.
 */
export default defineConfig({
  test: {
    globalSetup: 'harness/tools/test-folder.ts',
    tags,
    projects: [
      {
        test: {
          name: 'unit',
          include: tests('.test.ts'),
          // Vitest leaves one core to itself, which on two cores means one file after the other: half of them wait.
          maxWorkers: '100%',
          exclude: [...withServices, ...withContainers],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'stack',
          include: withServices,
          globalSetup: 'harness/tools/ready.ts',
          setupFiles,
          fileParallelism: false,
          // After the unit tests, so that no other test disturbs what is timed here.
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      ...(wanted
        ? [
            {
              test: {
                name: 'docker',
                include: withContainers,
                setupFiles,
                fileParallelism: false,
                sequence: { groupOrder: 2 },
                testTimeout: 180_000,
                hookTimeout: 300_000,
              },
            },
          ]
        : []),
    ],
  },
});
