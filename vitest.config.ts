import { defineConfig } from 'vitest/config';

const tests = (pattern: string): string[] => ['.ci', 'bin', 'harness', 'target', 'scenarios'].map((folder) => `${folder}/**/*${pattern}`);
const withServices = ['.stack.test.ts', '.page.test.ts'].flatMap(tests);
const withContainers = tests('.compose.test.ts');

/** `unit` is quick and needs nothing; `stack` starts real services, one file at a time; containers only where asked for. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: tests('.test.ts'), exclude: [...withServices, ...withContainers], testTimeout: 20_000 } },
      {
        test: {
          name: 'stack',
          include: process.env['PGSURGE_TEST_CONTAINERS'] === '1' ? [...withServices, ...withContainers] : withServices,
          globalSetup: 'harness/tools/ready.ts',
          fileParallelism: false,
          // After the unit tests, so that no other test disturbs what is timed here.
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
