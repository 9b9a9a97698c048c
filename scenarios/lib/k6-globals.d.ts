/** The one global of k6 that @types/k6 leaves to the DOM's types. */
declare const console: { log(line: string): void };
