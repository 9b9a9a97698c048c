import type { PostgresConnection } from './connection.ts';

/** "18.4", without what its packager adds. */
export const serverVersion = async (connection: PostgresConnection): Promise<string> => {
  const [row] = await connection.query<{ server_version: string }>('SHOW server_version');
  return row?.server_version.split(' ')[0] ?? '';
};
