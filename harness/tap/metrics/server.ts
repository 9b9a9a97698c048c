/** Gives a tap's figures on loopback: `/figures.json` for pgsurge, `/metrics` for Prometheus. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { TapFigures } from '../figures/figures.ts';
import { prometheusText } from './prometheus.ts';

const figuresPath = '/figures.json';

const answer = (response: ServerResponse, status: number, type: string, text: string): void => {
  response.writeHead(status, { 'content-type': type });
  response.end(text);
};

const respond = async (
  { url }: IncomingMessage,
  response: ServerResponse,
  figures: () => Promise<TapFigures>,
): Promise<void> => {
  if (url === figuresPath) answer(response, 200, 'application/json', JSON.stringify(await figures()));
  else if (url === '/metrics') answer(response, 200, 'text/plain; version=0.0.4', prometheusText(await figures()));
  else answer(response, 404, 'text/plain', `only ${figuresPath} and /metrics are here\n`);
};

export const metricsServer = (figures: () => Promise<TapFigures>): Server =>
  createServer((request, response) => void respond(request, response, figures));
