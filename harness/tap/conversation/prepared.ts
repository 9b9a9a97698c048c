/** The statements that one connection has prepared: their names, and what is to be known of them when they run. */
import { fromClient } from '../protocol/messages.ts';
import { plain, type Asked } from './asked.ts';

type Known = Pick<Asked, 'traces' | 'fingerprint'>;

const nothing: Known = { traces: [], fingerprint: null };
/** More than any driver keeps. Beyond it no more is known of new ones, and they are counted without their names. */
const mostKnown = 10_000;

export class PreparedStatements {
  readonly #names = new Set<string>();
  readonly #known = new Map<string, Known>();
  #bound: Known = nothing;
  #withoutName = 0;

  get names(): number {
    return this.#names.size + this.#withoutName;
  }

  /** The client sent a Parse. */
  parse(name: string, known: Known): void {
    const isPlain = known.traces.length === 0 && known.fingerprint === null;
    if (isPlain) this.#known.delete(name);
    else if (this.#known.size < mostKnown || this.#known.has(name)) this.#known.set(name, known);
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
    if (name === '') return;
    if (this.#names.size < mostKnown) this.#names.add(name);
    else this.#withoutName += 1;
  }

  /** The server said CloseComplete. */
  closed(name: string): void {
    if (name === '') return;
    if (!this.#names.delete(name) && this.#withoutName > 0) this.#withoutName -= 1;
    this.#known.delete(name);
  }

  /** DISCARD ALL or DEALLOCATE ALL. */
  discard(): void {
    this.#names.clear();
    this.#withoutName = 0;
    this.#known.clear();
  }
}
