/** All that a tap has seen. */
import { cpuUsage, memoryUsage } from 'node:process';
import { Counts } from './counts.ts';
import { tapSchema, type TapFigures } from './figures.ts';
import { Group, type Client } from './group.ts';
import { Unread } from './unread.ts';
import { TimeHistogram } from './time-histogram.ts';

export interface MeterOptions {
  hop: string;
  upstream: string;
  /** Keep the time of statements by their text without literals. */
  fingerprints: boolean;
  /** What another process takes that belongs to the tap. */
  further?: (() => { cpuSeconds: number; memoryBytes: number }) | undefined;
}

/** Names are given by clients: beyond so many, all further ones are one group. */
const mostGroups = 50;
const mostFingerprints = 200;
const others: Client = { user: 'other', database: 'other', application: 'other' };

export class Meter {
  readonly #options: MeterOptions;
  readonly #groups = new Map<string, Group>();
  readonly #fingerprints = new Map<string, TimeHistogram>();
  readonly #startedAt = new Date();
  readonly #startedMs = performance.now();
  readonly unseen = new Counts(10);
  readonly unread = new Unread();
  cancels = 0;
  refused = 0;
  notUnderstood = 0;

  constructor(options: MeterOptions) {
    this.#options = options;
  }

  get fingerprints(): boolean {
    return this.#options.fingerprints;
  }

  group(client: Client): Group {
    const key = JSON.stringify([client.user, client.database, client.application]);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size >= mostGroups && client !== others) return this.group(others);
    const group = new Group(client);
    this.#groups.set(key, group);
    return group;
  }

  statement(fingerprint: string, seconds: number): void {
    const name =
      this.#fingerprints.size < mostFingerprints || this.#fingerprints.has(fingerprint) ? fingerprint : 'other';
    const histogram = this.#fingerprints.get(name) ?? new TimeHistogram();
    this.#fingerprints.set(name, histogram);
    histogram.record(seconds);
  }

  value(nowMs = performance.now()): TapFigures {
    const { user, system } = cpuUsage();
    const further = this.#options.further?.() ?? { cpuSeconds: 0, memoryBytes: 0 };
    const fingerprints = Object.fromEntries([...this.#fingerprints].map(([text, times]) => [text, times.value()]));
    return {
      schema: tapSchema,
      hop: this.#options.hop,
      upstream: this.#options.upstream,
      startedAt: this.#startedAt.toISOString(),
      uptimeSeconds: (nowMs - this.#startedMs) / 1000,
      process: {
        cpuSeconds: (user + system) / 1e6 + further.cpuSeconds,
        memoryBytes: memoryUsage.rss() + further.memoryBytes,
      },
      groups: [...this.#groups.values()].map((group) => group.value(nowMs)),
      cancels: this.cancels,
      refused: this.refused,
      unseen: this.unseen.value(),
      unread: this.unread.value(),
      notUnderstood: this.notUnderstood,
      ...(this.#options.fingerprints ? { fingerprints } : {}),
    };
  }
}
