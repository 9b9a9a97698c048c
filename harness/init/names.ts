/** Names of variables and routes, out of the files that mention them. */
import type { Folder } from './folder.ts';
import { found, type Found } from './found.ts';

const environmentFiles = ['.env', '.env.example', '.env.sample', '.env.template', '.env.local', '.env.dist'];
const composeFiles = ['compose.yml', 'compose.yaml', 'docker-compose.yml', 'docker-compose.yaml'];

/** How a source reads a variable, in the languages that we know. */
const readings = /(?:process\.env\.|(?:env|environ|ENV)\[['"]|(?:environ\.get|[gG]etenv)\(['"]|\$\{)([A-Z][A-Z0-9_]*)/g;

/** Every name with the file that has it; what an example file or the code names comes before compose. */
const namesIn = ({ text, sources }: Folder): Found[] => [
  ...environmentFiles.flatMap((file) =>
    [...(text(file) ?? '').matchAll(/^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=/gm)].map(([, name]) => found(name!, file)),
  ),
  ...sources.flatMap(({ name: file, text: content }) =>
    [...content.matchAll(readings)].map(([, name]) => found(name!, file)),
  ),
  ...composeFiles.flatMap((file) =>
    [...(text(file) ?? '').matchAll(/^\s+(?:-\s*)?([A-Z][A-Z0-9_]*)\s*[:=]/gm)].map(([, name]) => found(name!, file)),
  ),
];

const pick = (names: readonly Found[], wanted: readonly RegExp[]): Found | undefined =>
  wanted.flatMap((pattern) => names.find(({ value }) => pattern.test(value)) ?? [])[0];

const urlNames = [
  /^DATABASE_URL$/,
  /^(?:POSTGRES|POSTGRESQL|PG|DB)_?(?:URL|URI|DSN)$/,
  /(?:DATABASE|POSTGRES|PG|DB)\w*_(?:URL|URI|DSN)$/,
];
const partNames: Record<string, readonly RegExp[]> = {
  host: [/^PGHOST$/, /^(?:DB|DATABASE|POSTGRES|PG)_HOST$/],
  port: [/^PGPORT$/, /^(?:DB|DATABASE|POSTGRES|PG)_PORT$/],
  name: [/^PGDATABASE$/, /^(?:DB|DATABASE|POSTGRES|PG)_(?:NAME|DB|DATABASE)$/],
  user: [/^PGUSER$/, /^(?:DB|DATABASE|POSTGRES|PG)_USER(?:NAME)?$/],
  password: [/^PGPASSWORD$/, /^(?:DB|DATABASE|POSTGRES|PG)_(?:PASSWORD|PASS)$/],
};

const assumed = 'assumed: no file here names one';

/** One variable with the whole URL, else one for each part of it. */
export const databaseOf = (folder: Folder): Found<string | Record<string, string>> => {
  const names = namesIn(folder);
  const url = pick(names, urlNames);
  if (url !== undefined) return url;
  const parts = Object.entries(partNames).flatMap(([part, patterns]) => {
    const name = pick(names, patterns);
    return name === undefined ? [] : [{ part, name }];
  });
  if (!parts.some(({ part }) => part === 'host')) return found('DATABASE_URL', assumed);
  return found(Object.fromEntries(parts.map(({ part, name }) => [part, name.value])), parts[0]!.name.from);
};

export const portOf = (folder: Folder): Found =>
  pick(namesIn(folder), [/^PORT$/, /^(?:HTTP|SERVER|APP|API|WEB)_PORT$/]) ?? found('PORT', assumed);

const healthPaths = ['/health', '/healthz', '/ready', '/readyz', '/livez', '/ping', '/up', '/status'];

export const readyOf = ({ sources }: Folder): Found | undefined =>
  healthPaths.flatMap((value) => {
    const source = sources.find(({ text }) => new RegExp(`['"\`](?:GET )?${value}/?['"\`]`).test(text));
    return source === undefined ? [] : [found(value, source.name)];
  })[0];

/** `app.get('/items')`, `@app.get("/items")`, `url === '/items'`, `@GetMapping("/items")`, `GET /items`. */
const routePatterns = [
  /(?:\.get|@GetMapping|\.Get|\.HandleFunc|\.route)\(\s*['"](?:GET )?(\/[\w/-]*)['"]/g,
  /(?:url|path|pathname|route)\s*===?\s*['"`](?:GET )?(\/[\w/-]*)['"`]/g,
  /['"`]GET (\/[\w/-]*)['"`]/g,
];
const mostRoutes = 3;

/** Routes that are read without knowing an id; none is the root. */
export const routesOf = ({ sources }: Folder): Found[] => {
  const all = sources.flatMap(({ name, text }) =>
    routePatterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, route]) => found(route!, name))),
  );
  const isNew = (route: Found, index: number): boolean => all.findIndex(({ value }) => value === route.value) === index;
  const routes = all.filter(isNew).filter(({ value }) => !healthPaths.includes(value) && value !== '/metrics');
  return routes.length > 0 ? routes.slice(0, mostRoutes) : [found('/', 'assumed: no route was found in the sources')];
};

/** A service that knows OpenTelemetry tells us its app pool, where it is told to. */
export const environmentOf = ({ manifest, text }: Folder): Found<Record<string, string>> | undefined => {
  const place = { OTEL_EXPORTER_OTLP_ENDPOINT: '{otlpUrl}' };
  if (manifest?.packages.some((name) => name.startsWith('@opentelemetry/')) === true)
    return found(place, 'package.json, @opentelemetry');
  const file = ['pyproject.toml', 'requirements.txt', 'pom.xml', 'go.mod'].find((name) =>
    /opentelemetry/.test(text(name) ?? ''),
  );
  return file === undefined ? undefined : found(place, file);
};
