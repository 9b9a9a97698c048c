import { spawn, type ChildProcess } from 'node:child_process';
import { usageError } from '../../errors.ts';
import type { Component } from '../../stack/stack.ts';
import { unknown } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

let parent: ChildProcess | null = null;

/** The shell becomes a sleep that never asks how its child ended: a pid to which every signal can be sent, in vain. */
const zombie = (): Promise<number> =>
  new Promise((resolve, reject) => {
    parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 120'], { stdio: ['ignore', 'pipe', 'ignore'] });
    parent.on('error', reject);
    parent.stdout?.once('data', (data) => resolve(Number(String(data).trim())));
  });

const started = { pid: 0 };
const ready = async (): Promise<void> => {
  started.pid = await zombie();
};

const standingIn = (component: Component): Component => ({
  ...component,
  usage: () => ({ kind: 'processTree', pid: started.pid }),
  kill: async (signal) => {
    if (!process.kill(started.pid, signal)) throw usageError(`no process ${started.pid}`);
  },
});

/** As with a pid read from a file whose process has died: `kill -0` says that it lives. */
export const mutation: Mutation = {
  id: 'zombie-pid',
  title: 'The signal goes to a zombie',
  kind: 'harness',
  scenario: 'frozen-worker',
  prepare: ready,
  plant: {
    declaration: (declaration) => shortened(declaration),
    faultContext: (context) => ({
      ...context,
      service: {
        ...context.service,
        components: context.service.components.map((one) =>
          one.name === 'service' && one.instance === 1 ? standingIn(one) : one,
        ),
      },
    }),
  },
  dispose: () => {
    parent?.kill('SIGKILL');
  },
  caughtBy: 'faults-bit',
  evidence: unknown('faults-bit'),
};
