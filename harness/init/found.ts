/** What a guess is, and where it comes from: whoever reads it must be able to tell whether it is right. */
export interface Found<Value = string> {
  value: Value;
  /** The file that says so, or why it is only assumed. */
  from: string;
}

export const found = <Value>(value: Value, from: string): Found<Value> => ({ value, from });

/** How a service is started, in one language's or platform's own words. */
export interface Start {
  command: Found;
  migrate?: Found;
  /** The other processes, by their names. */
  processes?: Record<string, Found>;
  /** Names of variables, where the platform fixes them. */
  port?: Found;
  database?: Found<string | Record<string, string>>;
  ready?: Found;
}
