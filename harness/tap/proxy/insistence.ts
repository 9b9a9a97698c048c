/** Which hosts have clients that speak TLS or not at all: what they ask is then for the upstream to answer. */
import { speaksTls, type Upstream } from './upstream.ts';

export class Insistence {
  readonly #upstream: Upstream;
  readonly #hosts = new Set<string>();
  #upstreamSpeaksTls: Promise<boolean> | null = null;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  passes(host: string): boolean {
    return this.#hosts.has(host);
  }

  /** A client of this host went away when it was told that there is no TLS. Never rejects. */
  async refused(host: string): Promise<void> {
    if (this.#upstream.tls !== 'off') return void this.#hosts.add(host);
    // The upstream's URL wants no TLS, but a client may have spoken it there before the tap came between.
    this.#upstreamSpeaksTls ??= speaksTls(this.#upstream);
    if (await this.#upstreamSpeaksTls) this.#hosts.add(host);
    else this.#upstreamSpeaksTls = null;
  }
}
