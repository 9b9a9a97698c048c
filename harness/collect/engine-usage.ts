/** What a container uses by the Docker engine's own count, for engines in a machine of their own, as on macOS. */
import { request } from 'node:http';
import { z } from 'zod';

export interface EngineUsage {
  cpuSeconds: number;
  runWaitSeconds: null;
  memoryBytes: number;
}

const stats = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  memory_stats: z.object({ usage: z.number(), stats: z.record(z.string(), z.unknown()).optional() }),
});

const limitMs = 2000;

/**
 * The engine's socket. An engine elsewhere is of no use, since the stack listens on loopback.
 * The stack's start puts the socket in DOCKER_HOST, also where a Docker context names it.
 */
const socketPath = (): string => {
  const host = process.env['DOCKER_HOST'];
  return host?.startsWith('unix://') === true ? host.slice('unix://'.length) : '/var/run/docker.sock';
};

const get = (path: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const asked = request({ socketPath: socketPath(), path, timeout: limitMs }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => {
        try {
          resolve(JSON.parse(text));
        } catch (error) {
          reject(error as Error);
        }
      });
    });
    asked.on('timeout', () =>
      asked.destroy(new Error(`the Docker engine gives no figures within ${limitMs / 1000} s`)),
    );
    asked.on('error', reject);
    asked.end();
  });

const amount = (values: Record<string, unknown> | undefined, ...names: string[]): number =>
  names.map((name) => values?.[name]).find((value) => typeof value === 'number') ?? 0;

/**
 * CPU since the container's start; memory without the page cache of files, with what its processes share.
 * Throws if the engine does not say.
 */
export const engineUsage = async (id: string): Promise<EngineUsage> => {
  const { cpu_stats: cpu, memory_stats: memory } = stats.parse(
    await get(`/containers/${id}/stats?stream=false&one-shot=true`),
  );
  // cgroup v1 has total_cache and total_shmem, v2 file and shmem.
  const memoryBytes =
    memory.usage - amount(memory.stats, 'total_cache', 'file') + amount(memory.stats, 'total_shmem', 'shmem');
  return { cpuSeconds: cpu.cpu_usage.total_usage / 1e9, runWaitSeconds: null, memoryBytes };
};
