import { InvalidArgumentError } from 'commander';
import type { CommandModule } from '../cli.ts';
import { exitCodes, lostError } from '../../errors.ts';
import { interruptible } from '../../system/interrupt.ts';
import { startForwarder } from '../../tap/forwarder/forwarder.ts';
import { startTap } from '../../tap/tap.ts';
import { forwarderIfPossible } from '../../tools/forwarder.ts';

interface Options {
  upstream: string;
  listen: number;
  metricsPort: number;
  hop?: string;
  fingerprints?: boolean;
}

const port = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65535) return value;
  throw new InvalidArgumentError('a port is a whole number from 0, which takes a free one, to 65535.');
};

const untilInterrupted = (): Promise<void> =>
  new Promise((resolve) => {
    interruptible(resolve);
  });

const gone = (): Error =>
  lostError("the tap's forwarder ended, and all connections through the tap with it: start the tap again");

const words = (options: Options, listening: number, metricsUrl: string): string =>
  [
    `listens         127.0.0.1:${listening}: put this into the service's database URL`,
    `metrics         ${metricsUrl}: pgsurge run … --tap-url ${metricsUrl}`,
    `hop             ${options.hop ?? 'service-database'}`,
    'until: Ctrl-C',
    '',
  ].join('\n');

export const command: CommandModule = {
  order: 11,
  register: (program, finish) => {
    program
      .command('tap')
      .description('a passive proxy for the Postgres protocol: what a service does with its connections, from outside')
      .requiredOption('--upstream <url>', 'where it passes on to: postgres://host:port, with ?sslmode= for TLS')
      .requiredOption('--listen <port>', 'where the service connects, on loopback; 0 takes a free one', port)
      .option('--metrics-port <port>', 'where its figures are read, on loopback; 0 takes a free one', port, 0)
      .option('--hop <name>', 'name of the network step it stands on, such as service-pooler')
      .option('--fingerprints', 'also keep the time of statements by their text without literals')
      .action(async (options: Options) => {
        const lost = Promise.withResolvers<never>();
        const program = await forwarderIfPossible((line) => void process.stderr.write(`${line}\n`));
        await using forwarder = program === null ? null : await startForwarder(program.path, () => lost.reject(gone()));
        await using tap = await startTap({ ...options, port: options.listen, forwarder });
        process.stdout.write(words(options, tap.port, tap.metricsUrl));
        await Promise.race([untilInterrupted(), lost.promise]);
        finish(exitCodes.asExpected);
      });
  },
};
