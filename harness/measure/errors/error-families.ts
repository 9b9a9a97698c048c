/** All families of errors, in the order of docs/errors.md. What none of them knows is the last one, `other`. */
import type { ErrorFamily } from './error-family.ts';
import { connectionFamilies } from './families/connections.ts';
import { statementFamilies } from './families/statements.ts';
import { waitFamilies } from './families/waits.ts';

export const errorFamilies: readonly ErrorFamily[] = [...waitFamilies, ...connectionFamilies, ...statementFamilies];
