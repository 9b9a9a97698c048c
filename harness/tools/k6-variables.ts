/** Which variables of an environment are k6's own, and which are only called so by whoever wrote the script. */
import { k6OptionNames } from './k6-option-names.ts';

/** Outputs and the cloud read whole families of them. */
const families = [
  'CLOUD_',
  'CSV_',
  'INFLUXDB_',
  'JSON_',
  'OTEL_',
  'PROMETHEUS_RW_',
  'PROVISION_',
  'STATSD_',
  'WEB_DASHBOARD',
];
const prefix = 'K6_';
const own = new Set(k6OptionNames);

/** Such a variable changes what k6 does, whatever the script says. `K6_API_KEY` is none: it is some script's own. */
export const isK6Option = (name: string): boolean => {
  if (!name.startsWith(prefix)) return false;
  const rest = name.slice(prefix.length);
  return own.has(rest) || families.some((family) => rest.startsWith(family));
};

/** Those of this environment that do not reach k6, since they would change the load or where its figures go. */
export const optionsInEnvironment = (environment: NodeJS.ProcessEnv): string[] =>
  Object.keys(environment).filter(isK6Option).sort();

/** What a user typed as `-e NAME=VALUE`. */
export interface ScriptVariable {
  name: string;
  value: string;
}

/** Where the service is, in place of `{targetUrl}`, `{targetHost}` and `{targetPort}`. */
const targetPlaces = (targetUrl: string): Readonly<Record<string, string>> => {
  const { hostname, port, protocol } = new URL(targetUrl);
  const usual = protocol === 'https:' ? '443' : '80';
  return { targetUrl, targetHost: hostname, targetPort: port === '' ? usual : port };
};

/** A script reads the service's address by a name of its own: other braces stay as they are. */
export const withTarget = (variables: readonly ScriptVariable[], targetUrl: string | null): ScriptVariable[] => {
  if (targetUrl === null || targetUrl === '') return [...variables];
  const places = targetPlaces(targetUrl);
  const place = (whole: string, name: string): string => places[name] ?? whole;
  return variables.map(({ name, value }) => ({ name, value: value.replaceAll(/\{(\w+)\}/g, place) }));
};

export const namesTarget = (variables: readonly ScriptVariable[]): boolean =>
  variables.some(({ value }) => /\{target(Url|Host|Port)\}/.test(value));

/** The variables as options of k6's command line. */
export const asArguments = (variables: readonly ScriptVariable[]): string[] =>
  variables.flatMap(({ name, value }) => ['-e', `${name}=${value}`]);
