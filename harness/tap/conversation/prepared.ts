/** The statements that one connection has prepared: their names, and what is to be known of them when they run. */
import { fromClient } from '../protocol/messages.ts';
import { plain, type Asked } from './asked.ts';

type Known = Pick<Asked, 'traces' | 'fingerprint'>;

const nothing: Known = { traces: [], fingerprint: null };
/** More than any driver keeps; beyond it no more is known of new ones. */
const mostKnown = 10_000;

export class PreparedStatements {
  readonly #names = new Set<string>();
  readonly #known = new Map<string, Known>();
  #bound: Known = nothing;

  get names(): number {
    return this.#names.size;
  }

  /** The client sent a Parse. */
  parse(name: string, known: Known): void {
    const isPlain = known.traces.length === 0 && known.fingerprint === null;
    if (isPlain) this.#known.delete(name);
    else if (this.#known.size < mostKnown) this.#known.set(name, known);
  }

  /** The client sent a Bind. `nameOf` is asked only where a name matters. */
  bind(nameOf: () => string): void {
    this.#bound = this.#known.size === 0 ? nothing : (this.#known.get(nameOf()) ?? nothing);
  }

  /** What an Execute asks. */
  execute(): Asked {
    return this.#bound === nothing ? plain(fromClient.execute) : { type: fromClient.execute, name: '', ...this.#bound };
  }

  /** The server said ParseComplete. */
  parsed(name: string): void {
    if (name !== '') this.#names.add(name);
  }

  /** The server said CloseComplete. */
  closed(name: string): void {
    this.#names.delete(name);
    if (name !== '') this.#known.delete(name);
  }

  /** DISCARD ALL or DEALLOCATE ALL. */
  discard(): void {
    this.#names.clear();
    this.#known.clear();
  }
}
