/**
 * The published JSON Schema of run.json, docs/run.schema.json. Write it anew after a change of `result.ts`:
 *
 *     npx node harness/archive/run-schema.ts
 */
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { runResult, schemaName } from '../result.ts';

export const runSchema = (): string =>
  `${JSON.stringify({ title: schemaName, ...z.toJSONSchema(runResult) }, null, 1)}\n`;

if (import.meta.main) writeFileSync(new URL('../../docs/run.schema.json', import.meta.url), runSchema());
