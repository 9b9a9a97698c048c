/** One look at what a run needs, and what it found. */
export interface Finding {
  /** Path, count or amount; null where there is none. */
  found: string | null;
  version?: string | null;
  from?: string | null;
  /** Default: whether anything was found. */
  ok?: boolean;
  /** Better than the check's own, now that it has looked. */
  fix?: string;
}

export interface Check {
  part: string;
  /** What it is for, in words that fit behind the name. */
  purpose: string;
  required: boolean;
  /** The one command that gets it, or what to do without. */
  fix: string;
  look: () => Promise<Finding>;
}
