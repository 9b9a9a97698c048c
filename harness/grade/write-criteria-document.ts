import { writeFileSync } from 'node:fs';
import { criteriaDocument } from './criteria-document.ts';
import { loadCriteria } from './load-criteria.ts';

writeFileSync(new URL('../../docs/criteria.md', import.meta.url), criteriaDocument(await loadCriteria()));
