import { readFileSync } from 'node:fs';

/** A query under version control: `sql/<name>.sql`. */
export const readSql = (name: string): string => readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');
