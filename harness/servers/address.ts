/** Where a server listens, and how its clients write that down. */
export interface Address {
  host: string;
  port: number;
}

export const postgresUrl = (
  { host, port }: Address,
  { user, password, database }: { user: string; password: string; database: string },
): string => `postgres://${user}:${password}@${host}:${port}/${database}`;
