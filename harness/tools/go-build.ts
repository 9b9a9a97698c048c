import { fileURLToPath } from 'node:url';
import { execa, type ExecaError } from 'execa';
import { messageOf } from '../errors.ts';
import { onPath } from './resolve.ts';
import type { Way } from './resolve.ts';
import type { ToolLog } from './tool.ts';

const buildLimitMs = 15 * 60_000;

/**
 * Builds a Go program from `go/<module>/go.mod` and `go.sum`, so that every line of it is pinned by checksum.
 * `go install <package>@<version>` would be shorter but refuses k6's module.
 */
export const goBuild = (
  module: string,
  packagePath: string,
  options: { linkerFlags?: string; expectedSeconds: string },
): Way => {
  return {
    from: 'built',
    async make(file, log) {
      const go = await onPath('go');
      if (go === null) throw new Error('there is no Go on the PATH');
      log(`building ${module} with Go from pinned sources: once, ${options.expectedSeconds} on two cores`);
      using _progress = sayEvery(20_000, log, `still building ${module}`);
      await execa(go, ['build', '-trimpath', `-ldflags=-s -w ${options.linkerFlags ?? ''}`, '-o', file, packagePath], {
        cwd: fileURLToPath(new URL(`go/${module}/`, import.meta.url)),
        env: { GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off', CGO_ENABLED: '0' },
        timeout: buildLimitMs,
        stdin: 'ignore',
      }).catch((error: ExecaError) => {
        const said = String(error.stderr ?? '')
          .trim()
          .split('\n')
          .slice(-6)
          .join('\n');
        throw new Error(
          `go build: ${error.timedOut ? `not done within ${buildLimitMs / 60_000} minutes` : said || messageOf(error)}`,
        );
      });
    },
  };
};

const sayEvery = (everyMs: number, log: ToolLog, line: string): Disposable => {
  const startedAt = Date.now();
  const timer = setInterval(() => log(`${line}: ${Math.round((Date.now() - startedAt) / 1000)} s`), everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
};
