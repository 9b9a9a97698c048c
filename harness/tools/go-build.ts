import { fileURLToPath } from 'node:url';
import { execa, type ExecaError } from 'execa';
import { messageOf } from '../errors.ts';
import { onPath } from './resolve.ts';
import type { Way } from './resolve.ts';
import type { ToolLog } from './tool.ts';

const buildLimitMs = 15 * 60_000;

const buildError = ({ stderr, timedOut, message }: ExecaError): Error => {
  if (timedOut) return new Error(`go build: not done within ${buildLimitMs / 60_000} minutes`);
  const lastLines = String(stderr ?? '')
    .trim()
    .split('\n')
    .slice(-6)
    .join('\n');
  return new Error(`go build: ${lastLines || messageOf(new Error(message))}`);
};

const build = async (go: string, module: string, args: readonly string[]): Promise<void> => {
  await execa(go, ['build', ...args], {
    cwd: fileURLToPath(new URL(`go/${module}/`, import.meta.url)),
    env: { GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off', CGO_ENABLED: '0' },
    timeout: buildLimitMs,
    stdin: 'ignore',
  }).catch((error: ExecaError) => {
    throw buildError(error);
  });
};

/**
 * Builds a Go program from `go/<module>/go.mod` and `go.sum`, so that every line of it is pinned by checksum.
 * `go install <package>@<version>` would be shorter but refuses k6's module.
 */
export const goBuild = (
  module: string,
  packagePath: string,
  options: { linkerFlags?: string; expectedSeconds: string },
): Way => ({
  from: 'built',
  make: async (file, log) => {
    const go = await onPath('go');
    if (go === null) throw new Error('there is no Go on the PATH');
    log(`building ${module} with Go from pinned sources: once, ${options.expectedSeconds} on two cores`);
    using _progress = sayEvery(20_000, log, `still building ${module}`);
    await build(go, module, ['-trimpath', `-ldflags=-s -w ${options.linkerFlags ?? ''}`, '-o', file, packagePath]);
  },
});

const sayEvery = (everyMs: number, log: ToolLog, line: string): Disposable => {
  const startedAt = Date.now();
  const timer = setInterval(() => log(`${line}: ${Math.round((Date.now() - startedAt) / 1000)} s`), everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
};
