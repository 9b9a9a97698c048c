/** What `node_modules` lacks, in words, or null. */
export function lacking(root: string): string | null;
export function setUp(root?: string, environment?: NodeJS.ProcessEnv): string;
export class SetupError extends Error {}
