/**
 * The partner: a small slow HTTP server that stands for the sites which the service crawls. GET
 * /crawl?address=A&pages=N answers as the page at A of a site of N pages would; GET /ai/MODEL?text=T as an AI model;
 * GET and PUT /settings read and change how it behaves; GET /ready says that it serves. Environment: HOST, PORT,
 * PGSURGE_PARTNER_SETTINGS (JSON), PGSURGE_SEED.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { messageOf, processLog as log } from '../log.ts';
import {
  behaviourOf,
  defaultPartnerSettings,
  modelTimeMs,
  pageAt,
  withSettings,
  type PartnerSettings,
} from './site.ts';

const seed = Number(process.env['PGSURGE_SEED'] ?? 1);
let settings: PartnerSettings = defaultPartnerSettings;
let requests = 0;

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const crawl = (url: URL, response: ServerResponse): void => {
  const address = url.searchParams.get('address') ?? '';
  const pages = Number(url.searchParams.get('pages') ?? 1);
  requests += 1;
  const { status, ms } = behaviourOf(settings, seed, address, requests);
  if (status === null) return;
  const answer = (): void =>
    send(response, status, status === 200 ? pageAt(address, pages, settings.linksPerPage) : { error: status });
  const timer = setTimeout(answer, ms);
  response.on('close', () => clearTimeout(timer));
};

const think = (url: URL, response: ServerResponse): void => {
  const text = url.searchParams.get('text') ?? '';
  const model = url.pathname.slice('/ai/'.length);
  const ms = modelTimeMs(model, seed, text);
  if (ms === null) return send(response, 404, { error: `no model ${model}` });
  const timer = setTimeout(() => send(response, 200, { answer: `${model} of ${text.slice(0, 40)}` }), ms);
  response.on('close', () => clearTimeout(timer));
};

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
};

const changeSettings = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  try {
    settings = withSettings(settings, JSON.parse(await textOf(request)) as Record<string, unknown>);
    log.info(`settings: ${JSON.stringify(settings)}`);
    send(response, 200, settings);
  } catch (error) {
    send(response, 400, { error: messageOf(error) });
  }
};

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const url = new URL(request.url ?? '/', 'http://partner');
  if (url.pathname === '/crawl') crawl(url, response);
  else if (url.pathname.startsWith('/ai/')) think(url, response);
  else if (url.pathname === '/ready') send(response, 200, { ready: true });
  else if (url.pathname !== '/settings') send(response, 404, { error: 'no such path' });
  else if (request.method === 'PUT') void changeSettings(request, response);
  else send(response, 200, settings);
};

const endBadly = (error: unknown): void => {
  log.error(`partner: ${messageOf(error)}`);
  process.exit(1);
};

const serve = (): void => {
  const given = process.env['PGSURGE_PARTNER_SETTINGS'] ?? '';
  if (given !== '') settings = withSettings(settings, JSON.parse(given) as Record<string, unknown>);
  const host = process.env['HOST'] ?? '127.0.0.1';
  const port = Number(process.env['PORT'] ?? 8081);
  // Longer than clients keep a connection, so that none is closed under a request that is on its way.
  const server = createServer({ keepAliveTimeout: 75_000 }, answer);
  server.on('error', endBadly);
  server.listen(port, host, () => log.info(`partner on ${host}:${port}: ${JSON.stringify(settings)}`));
  process.on('SIGTERM', () => process.exit(0));
};

try {
  serve();
} catch (error) {
  endBadly(error);
}
