import { usageError } from '../errors.ts';

/** A label becomes a folder's name in git: letters, digits, dot, underscore, dash; not hidden, not "..". */
const form = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,79}$/;

/** The label itself, or a usage error. `latest` is taken: it means the newest run. */
export const validLabel = (label: string): string => {
  if (!form.test(label))
    throw usageError(
      `"${label.slice(0, 80)}" cannot be a label: use up to 80 of A-Z a-z 0-9 . _ - and begin with a letter or digit`,
    );
  if (label === 'latest' || label === 'kept')
    throw usageError(`"${label}" cannot be a label: pgsurge uses that name itself; take another`);
  return label;
};
