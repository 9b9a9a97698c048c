import { chownSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configurationFile, notInForce, statisticsUser, userFileContent } from '../../../servers/pgbouncer/settings.ts';
import { unprivilegedUser } from '../../../system/users.ts';
import { resolvePgbouncer } from '../../../tools/pgbouncer.ts';
import { databaseName, newPassword } from '../../roles.ts';
import type { LocalPooler } from '../local-pooler.ts';

const writePrivate = (file: string, content: string): void => {
  const user = unprivilegedUser();
  writeFileSync(file, content, { mode: 0o600 });
  if (user !== null) chownSync(file, user.uid, user.gid);
};

export const localPooler: LocalPooler = {
  resolve: resolvePgbouncer,
  notInForce: ({ version }, { pooler }) => notInForce(version, pooler),
  configure: ({ tool, instance, spec, address, upstream, folder, users }) => {
    const userFile = path.join(folder, `pgbouncer-${instance}.users`);
    const file = path.join(folder, `pgbouncer-${instance}.ini`);
    writePrivate(userFile, userFileContent({ ...users, [statisticsUser]: newPassword() }));
    const configuration = configurationFile({
      version: tool.version,
      address,
      upstream,
      database: databaseName,
      userFile,
      spec: spec.pooler,
      ...(spec.own === undefined ? {} : { theirs: { lines: spec.own.poolerLines, database: spec.own.poolerDatabase } }),
    });
    writePrivate(file, configuration);
    return [file];
  },
};
