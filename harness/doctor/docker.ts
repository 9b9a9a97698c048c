/** What `--stack compose` needs of a machine. Nothing of it is required: the local stack needs no Docker. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import type { Check, Finding } from './check.ts';
import { isCheckout, ownFolder } from '../own-modules.ts';
import { composeIsOld, composeNeed } from '../stack/compose/engine.ts';

const without = 'do without, by --stack local; or: ';

interface Answer {
  ok: boolean;
  output: string;
  complaint: string;
}

/** An engine that does not answer within 5 s is none. */
const docker = async (...args: string[]): Promise<Answer> => {
  const { failed, stdout, stderr, code } = await execa('docker', args, {
    cwd: ownFolder,
    reject: false,
    timeout: 5000,
    stdin: 'ignore',
  });
  return {
    ok: !failed,
    output: stdout ?? '',
    complaint: code === 'ENOENT' ? 'not installed' : ((stderr ?? '').trim().split('\n').at(-1) ?? ''),
  };
};

const engine = async (): Promise<Finding> => {
  const version = await docker('version', '--format', '{{.Server.Version}}');
  if (!version.ok) {
    if (version.complaint === 'not installed') return { found: null };
    return {
      found: null,
      fix: /permission denied/.test(version.complaint)
        ? `${without}sudo usermod -aG docker "$USER", and log in again`
        : `${without}sudo systemctl start docker`,
    };
  }
  const networks = await docker('network', 'ls', '--filter', 'driver=bridge', '--format', '{{.Name}}');
  const bridge = networks.output.split('\n').includes('bridge');
  return {
    found: bridge ? 'running' : "running, without a bridge network: containers share the host's",
    version: version.output,
  };
};

const baseImages = (): string[] =>
  ['docker/pgbouncer/Dockerfile', 'docker/service/Dockerfile'].flatMap((file) =>
    [...readFileSync(path.join(ownFolder, file), 'utf8').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image as string),
  );

const images = async (): Promise<Finding> => {
  const named = await docker('compose', 'config', '--images');
  if (!named.ok) return { found: null };
  const wanted = [...new Set([...named.output.split('\n').filter((name) => name.includes(':')), ...baseImages()])];
  const present = await Promise.all(
    wanted.map(async (name) => (await docker('image', 'inspect', '--format', '{{.Id}}', name)).ok),
  );
  const missing = wanted.filter((_, index) => present[index] !== true);
  return missing.length === 0
    ? { found: wanted.join(', ') }
    : {
        found: `${wanted.length - missing.length} of ${wanted.length}`,
        ok: false,
        fix: `a run pulls ${missing.join(', ')} by itself, once`,
      };
};

/** The compose files and the images' sources are in a checkout only. */
const checks: readonly Check[] = [
  {
    part: 'Docker engine',
    purpose: 'only for --stack compose',
    required: false,
    fix: `${without}curl -fsSL https://get.docker.com | sh`,
    look: engine,
  },
  {
    part: 'Docker Compose',
    purpose: 'only for --stack compose',
    required: false,
    fix: `${without}sudo apt-get install docker-compose-plugin`,
    look: async () => {
      const version = await docker('compose', 'version', '--short');
      if (!version.ok) return { found: null };
      return {
        found: 'docker compose',
        version: version.output,
        ok: !composeIsOld(version.output),
        fix: `${without}${composeNeed}`,
      };
    },
  },
  {
    part: 'images',
    purpose: 'only for --stack compose',
    required: false,
    fix: 'a run pulls them by itself, where the engine runs',
    look: images,
  },
];

export const dockerChecks = isCheckout ? checks : [];
