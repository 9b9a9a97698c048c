/** Changes that scripts make to copies of this checkout, so that a release is worse than the other. */
export interface ReleaseChange {
  /** The file, from the root of the checkout. */
  file: string;
  /** What stands there, and what takes its place. */
  from: string;
  to: string;
}

export const slowQueries: ReleaseChange = {
  file: 'service/defects.ts',
  from: 'slowQueryMs: number(0,',
  to: 'slowQueryMs: number(300,',
};

export const poolOfTwo: ReleaseChange = {
  file: 'service/settings.ts',
  from: 'appPoolMax: number(18,',
  to: 'appPoolMax: number(2,',
};
