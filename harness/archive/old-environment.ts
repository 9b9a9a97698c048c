/** What environments and variants of saved declarations called otherwise, or had in another place. */
import type { EnvironmentDeclaration, SettingValues, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import type { PoolerSettings } from '../../scenarios/lib/pooler-settings.ts';

/** Settings of the pooler and the role's limit stood among the stack's. */
type OldStack = NonNullable<EnvironmentDeclaration['stack']> & {
  roleConnectionLimit?: number | null;
  poolerPoolSize?: number | null;
  poolerMaxClientConn?: number | null;
  poolerQueryWaitTimeoutSeconds?: number | null;
  poolerServerLoginRetrySeconds?: number | null;
};

/** Settings of the service stood under `target` until the service was called service everywhere. */
export type OldEnvironment = EnvironmentDeclaration & { stack?: OldStack | null; target?: SettingValues | null };

/** A variant set nothing but the service. */
export type OldVariant = VariantDeclaration & { settings?: SettingValues };

const withoutAbsent = <Values extends object>(values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined)) as Values;

const poolerOf = (stack: OldStack): PoolerSettings =>
  withoutAbsent({
    poolSize: stack.poolerPoolSize,
    maxClientConn: stack.poolerMaxClientConn,
    queryWaitTimeoutSeconds: stack.poolerQueryWaitTimeoutSeconds,
    serverLoginRetrySeconds: stack.poolerServerLoginRetrySeconds,
  });

const oldStackFields = [
  'roleConnectionLimit',
  'poolerPoolSize',
  'poolerMaxClientConn',
  'poolerQueryWaitTimeoutSeconds',
  'poolerServerLoginRetrySeconds',
];

export const todaysEnvironment = ({ target, ...environment }: OldEnvironment): EnvironmentDeclaration => {
  const stack: OldStack = environment.stack ?? {};
  const pooler = { ...poolerOf(stack), ...environment.pooler };
  const app = withoutAbsent({ connectionLimit: stack.roleConnectionLimit, ...environment.roles?.app });
  const own = Object.fromEntries(Object.entries(stack).filter(([name]) => !oldStackFields.includes(name)));
  return {
    ...environment,
    ...(environment.stack == null ? {} : { stack: own }),
    ...(Object.keys(pooler).length === 0 ? {} : { pooler }),
    ...(Object.keys(app).length === 0 ? {} : { roles: { ...environment.roles, app } }),
    ...(target == null ? {} : { service: { ...target, ...environment.service } }),
  };
};

export const todaysSettings = ({ settings, ...variant }: OldVariant): VariantDeclaration =>
  settings === undefined ? variant : { ...variant, service: { ...settings, ...variant.service } };
