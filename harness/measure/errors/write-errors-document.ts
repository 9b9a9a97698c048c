import { writeFileSync } from 'node:fs';
import { errorsDocument } from './error-families.ts';

writeFileSync(new URL('../../../docs/errors.md', import.meta.url), errorsDocument());
