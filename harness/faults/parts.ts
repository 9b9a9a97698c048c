/** What faults have in common: finding the exact part, and looking at it from outside. */
import { readFileSync } from 'node:fs';
import type { QueryResultRow } from 'pg';
import { usageError } from '../errors.ts';
import { consoleAt } from '../servers/pooler-console.ts';
import type { PoolerConsole } from '../servers/pooler.ts';
import { askPostgres, connectPostgres, type PostgresConnection } from '../servers/postgres/connection.ts';
import type { Component, StackPooler } from '../stack/stack.ts';
import { identityOf } from '../system/proc.ts';
import type { FaultContext } from './fault.ts';

/** The part of that name and instance. Throws if there is none or it is down already. */
export const componentOf = ({ stack, service }: FaultContext, name: Component['name'], instance = 0): Component => {
  const component = [...stack.components, ...service.components].find(
    (one) => one.name === name && one.instance === instance,
  );
  if (component === undefined) throw usageError(`there is no ${name} ${instance} to break in this stack`);
  if (component.usage() === null) throw usageError(`${name} ${instance} is down before the fault`);
  return component;
};

/** Which process or container it is now; `gone` while it is down. */
export const idOf = (component: Component): string => {
  const usage = component.usage();
  if (usage === null) return 'gone';
  if (usage.kind === 'processTree') return `pid ${usage.pid} started ${identityOf(usage.pid)?.startTime ?? 'gone'}`;
  return usage.kind === 'container' ? `container ${usage.id}` : usage.path;
};

/** The harness's own sessions are told apart by it: one that a fault left behind is found by this name. */
const application = 'pgsurge-fault';

/** One statement on a connection of its own; the server's answer or its error. */
export const ask = <Row extends QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
  limitMs = 2000,
): Promise<Row[]> => askPostgres({ url, application, limits: { connectMs: limitMs, answerMs: limitMs } }, text, values);

/** The console of a pooler of the stack. */
export const consoleOf = ({ product, adminUrl }: StackPooler, limitMs = 2000): PoolerConsole =>
  consoleAt(product, { url: adminUrl, application, limits: { connectMs: limitMs, answerMs: limitMs } });

/** Longer than any statement's own limit: for a server that no longer answers at all. */
const heldLimitMs = 10_000;

/** A connection that stays open until it is disposed of. */
export const hold = (url: string): Promise<PostgresConnection> =>
  connectPostgres({ url, application, limits: { connectMs: 5000, answerMs: heldLimitMs } });

/** A database or pooler that answers a real query serves; a pid or an open port alone proves nothing. */
export const serves = (url: string): Promise<boolean> =>
  ask(url, 'SELECT 1').then(
    () => true,
    () => false,
  );

/** State letter of /proc/PID/stat: T is stopped, Z a zombie. */
export const stateLetter = (pid: number): string | null => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0] ?? null;
  } catch {
    return null;
  }
};
