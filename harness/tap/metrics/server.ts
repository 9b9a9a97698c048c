/** Gives a tap's figures on loopback: `/figures.json` for pgsurge, `/metrics` for Prometheus. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { TapFigures } from '../figures/figures.ts';
import { prometheusText } from './prometheus.ts';

const figuresPath = '/figures.json';

const answer = (response: ServerResponse, status: number, type: string, text: string): void => {
  response.writeHead(status, { 'content-type': type });
  response.end(text);
};

export const metricsServer = (figures: () => TapFigures): Server =>
  createServer((request: IncomingMessage, response) => {
    if (request.url === figuresPath) answer(response, 200, 'application/json', JSON.stringify(figures()));
    else if (request.url === '/metrics') answer(response, 200, 'text/plain; version=0.0.4', prometheusText(figures()));
    else answer(response, 404, 'text/plain', `only ${figuresPath} and /metrics are here\n`);
  });
