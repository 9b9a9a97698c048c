/**
 * The matrix is one service, one journey and one link under growing load: its rows differ in active jobs and in the
 * lengths of their phases, and in nothing else.
 *
 * How the work is sized: a job has 2 to 4 pages, so 3 tasks. Over the link a task is some nine round trips of 15 ms,
 * for which it holds a connection, and 0.48 s of crawl, for which it holds none. So 30 workers do some 48 tasks a
 * second: 50 active jobs ask for 37 of them, and 100 queue. A statement costs the database some 0.3 ms of CPU, so
 * that a longer link, not more statements, is what occupies connections on two cores.
 */
import type { Options } from 'k6/options';
import type { CriterionDeclaration, EnvironmentDeclaration, PhaseDeclaration } from './declaration.ts';
import { defineScenario } from './define.ts';

/** A managed database in another network: 15 ms from the service to the pooler, which stands beside the database. */
const environment: EnvironmentDeclaration = {
  route: 'pooler',
  replicas: 2,
  stack: { linkMs: 15, partner: { crawlMs: 480 } },
  service: { domainDelayMs: 500 },
};

interface MatrixRow {
  id: string;
  title: string;
  purpose: string;
  phases: PhaseDeclaration[];
  criteria: CriterionDeclaration[];
}

export const matrixScenario = ({ id, title, purpose, phases, criteria }: MatrixRow): Options =>
  defineScenario({
    schema: 'pgsurge.scenario/1',
    id,
    group: 'matrix',
    title,
    purpose,
    seeds: ['000', '001', '002'],
    environment,
    load: { phases, interactivePerSecond: 20 },
    variants: [{ name: 'healthy', title: 'The healthy service', expected: 'pass' }],
    criteria,
  });

export const noBurst: CriterionDeclaration = { id: 'burst-recovery', notApplicable: 'this load has no burst' };
export const noRest: CriterionDeclaration = { id: 'memory-after-load', notApplicable: 'no rest follows this load' };
