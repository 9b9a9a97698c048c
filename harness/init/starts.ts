/** How a service is started: one function for each kind of project, asked in this order. Null where it is none. */
import path from 'node:path';
import type { Folder, Manifest } from './folder.ts';
import { found, type Found, type Start } from './found.ts';

const first = <Value>(values: readonly Value[]): Value | undefined => values[0];

/** `web: node server.js`: who wrote a Procfile has said it all. */
const byProcfile = ({ text }: Folder): Start | null => {
  const lines = [...(text('Procfile') ?? '').matchAll(/^([\w-]+):\s*(.+)$/gm)];
  const named = Object.fromEntries(lines.map(([, name, line]) => [name!, line!.replaceAll('$PORT', '{port}')]));
  const { web, release, ...others } = named;
  if (web === undefined) return null;
  return {
    command: found(web, 'Procfile, web'),
    ...(release === undefined ? {} : { migrate: found(release, 'Procfile, release') }),
    processes: Object.fromEntries(Object.entries(others).map(([name, line]) => [name, found(line, 'Procfile')])),
  };
};

/** A plain `node server.js` is started as it is, without npm before it. */
const scriptCommand = (manifest: Manifest, name: string): Found => {
  const line = manifest.scripts[name] ?? '';
  const isPlain = /^(?:node|tsx|bun)\s+[^&|;]+$/.test(line);
  return found(isPlain ? line : `npm run ${name}`, `package.json, scripts.${name}`);
};

const migrateScript = /^(?:db[:-])?migrat(?:e|ions?)(?:[:-](?:up|deploy|latest|run))?$/;
const workerScript = /^(?:start[:-])?(?:worker|workers|jobs?|queue|consumer|scheduler)(?:[:-]start)?$/;

const migratePackages: Record<string, string> = {
  prisma: 'npx prisma migrate deploy',
  'node-pg-migrate': 'npx node-pg-migrate up',
  knex: 'npx knex migrate:latest',
  'drizzle-kit': 'npx drizzle-kit migrate',
  'db-migrate': 'npx db-migrate up',
};

const nodeMigrate = (manifest: Manifest): Found | undefined => {
  const script = Object.keys(manifest.scripts).find((name) => migrateScript.test(name));
  if (script !== undefined) return scriptCommand(manifest, script);
  const tool = Object.keys(migratePackages).find((name) => manifest.packages.includes(name));
  return tool === undefined ? undefined : found(migratePackages[tool]!, `package.json, ${tool}`);
};

const usualFiles = ['server', 'index', 'app', 'main'].flatMap((name) =>
  ['', 'src/'].flatMap((folder) => ['js', 'mjs', 'ts'].map((ending) => `${folder}${name}.${ending}`)),
);

const nodeCommand = ({ manifest, has }: Folder): Found | null => {
  if (manifest === null) return null;
  const script = ['start', 'serve', 'start:prod'].find((name) => manifest.scripts[name] !== undefined);
  if (script !== undefined) return scriptCommand(manifest, script);
  const file = [manifest.main, ...usualFiles].find((name) => name !== undefined && has(name));
  return file === undefined ? null : found(`node ${file}`, `${file}, which is there`);
};

const byNode = (folder: Folder): Start | null => {
  const { manifest } = folder;
  const command = nodeCommand(folder);
  if (manifest === null || command === null) return null;
  const migrate = nodeMigrate(manifest);
  const workers = Object.keys(manifest.scripts).filter((name) => workerScript.test(name));
  return {
    command,
    ...(migrate === undefined ? {} : { migrate }),
    processes: Object.fromEntries(
      workers.map((name) => [name.replace(/^start[:-]|[:-]start$/, ''), scriptCommand(manifest, name)]),
    ),
  };
};

/** `shop/main.py` with `app = FastAPI()` is `shop.main:app`. */
const pythonApp = ({ sources }: Folder, maker: RegExp): Found | null => {
  const source = sources.find(({ name, text }) => name.endsWith('.py') && maker.test(text));
  if (source === undefined) return null;
  const variable = maker.exec(source.text)![1]!;
  const module = source.name.replace(/\.py$/, '').split(path.sep).join('.');
  return found(`${module}:${variable}`, source.name);
};

const pythonCommand = (folder: Folder, needs: string): Found | null => {
  const asynchronous = pythonApp(folder, /^(\w+)\s*(?::[^=]+)?=\s*(?:FastAPI|Starlette|Litestar)\(/m);
  if (asynchronous !== null)
    return found(`uvicorn ${asynchronous.value} --host 127.0.0.1 --port {port}`, asynchronous.from);
  if (folder.has('manage.py'))
    return found(
      'python manage.py runserver --noreload 127.0.0.1:{port}',
      'manage.py; better the server of production',
    );
  const flask = pythonApp(folder, /^(\w+)\s*=\s*Flask\(/m);
  if (flask === null) return null;
  const runner = /gunicorn/.test(needs) ? 'gunicorn --bind 127.0.0.1:{port}' : 'flask --app';
  return found(
    runner === 'flask --app' ? `${runner} ${flask.value} run --port {port}` : `${runner} ${flask.value}`,
    flask.from,
  );
};

const byPython = (folder: Folder): Start | null => {
  const needs = ['pyproject.toml', 'requirements.txt', 'Pipfile'].map((name) => folder.text(name) ?? '').join('\n');
  const command = pythonCommand(folder, needs);
  if (command === null) return null;
  const celery = pythonApp(folder, /^(\w+)\s*=\s*Celery\(/m);
  return {
    command,
    ...(folder.has('manage.py') ? { migrate: found('python manage.py migrate', 'manage.py') } : {}),
    ...(folder.has('alembic.ini') ? { migrate: found('alembic upgrade head', 'alembic.ini') } : {}),
    ...(celery === null
      ? {}
      : { processes: { worker: found(`celery --app ${celery.value.split(':')[0]} worker`, celery.from) } }),
  };
};

const springVariables = {
  jdbcUrl: 'SPRING_DATASOURCE_URL',
  user: 'SPRING_DATASOURCE_USERNAME',
  password: 'SPRING_DATASOURCE_PASSWORD',
};

/** Spring reads its settings from variables of these names, and migrates by itself where Flyway is there. */
const byJava = ({ text, has }: Folder): Start | null => {
  const build = first(['pom.xml', 'build.gradle', 'build.gradle.kts'].filter(has));
  const words = build === undefined ? '' : (text(build) ?? '');
  if (build === undefined || !words.includes('spring-boot')) return null;
  const maven = has('mvnw') ? './mvnw' : 'mvn';
  const gradle = has('gradlew') ? './gradlew' : 'gradle';
  const command = build === 'pom.xml' ? `${maven} --quiet spring-boot:run` : `${gradle} --quiet bootRun`;
  return {
    command: found(command, `${build}; java -jar of the built file starts sooner`),
    port: found('SERVER_PORT', 'Spring Boot'),
    database: found(springVariables, 'Spring Boot'),
    ...(words.includes('actuator') ? { ready: found('/actuator/health', build) } : {}),
  };
};

const byGo = ({ has }: Folder): Start | null => {
  if (!has('go.mod')) return null;
  const main = has('main.go') ? '.' : './cmd/...';
  return { command: found(`go run ${main}`, 'go.mod; a built program starts sooner') };
};

/** Null where nothing here says how the service is started. */
export const startOf = (folder: Folder): Start | null =>
  [byProcfile, byNode, byPython, byJava, byGo].reduce<Start | null>((start, by) => start ?? by(folder), null);
