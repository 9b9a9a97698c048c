/** The signal that ends a PgBouncer at once: 1.23 made SIGTERM wait for all clients. `version` as SHOW VERSION has it, "PgBouncer 1.18.0". */
export const immediateSignal = (version: string): 'SIGTERM' | 'SIGQUIT' => {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  // One that does not say its version is rather a new one; SIGQUIT ends the older ones too, only without their tidying up.
  return Number(major ?? 1) > 1 || Number(minor ?? 23) >= 23 ? 'SIGQUIT' : 'SIGTERM';
};
