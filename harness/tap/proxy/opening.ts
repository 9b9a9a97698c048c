/** What a client says before anything is passed on: whether it wants encryption, and who it is. */
import type { Socket } from 'node:net';
import { openingOf, type Opening } from '../protocol/opening.ts';

type Question = Extract<Opening, { bytes: number }>;

type Opened = Exclude<Opening, Question | { kind: 'incomplete' }> | { kind: 'wants-tls' };

const isQuestion = (opening: Opening): opening is Question => 'bytes' in opening;

export interface Opener {
  opened: Opened;
  /** All that the client has said and that was not answered here. */
  bytes: Buffer;
}

/** As long as Postgres waits for a login. */
const openingLimitMs = 60_000;
const no = Buffer.from('N');

interface Waiting {
  client: Socket;
  passesTls: () => boolean;
  onRefusedTls: () => void;
}

/**
 * Reads until it is known what the client wants. Its questions for encryption are answered No, unless `passesTls`: then
 * the server shall answer. Null when the client leaves before; `onRefusedTls` is called where it leaves after that No.
 * The client is paused when this resolves.
 */
export const readOpening = ({ client, passesTls, onRefusedTls }: Waiting): Promise<Opener | null> =>
  new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0);
    let refused = false;
    const finish = (opener: Opener | null): void => {
      client.pause();
      client.setTimeout(0);
      client.off('data', take).off('end', leave).off('close', leave).off('timeout', leave);
      resolve(opener);
    };
    const leave = (): void => {
      if (refused && bytes.length === 0) onRefusedTls();
      finish(bytes.length === 0 ? null : { opened: { kind: 'other' }, bytes });
    };
    const take = (chunk: Buffer): void => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      for (;;) {
        const opening = openingOf(bytes);
        if (opening.kind === 'incomplete') return;
        if (!isQuestion(opening)) return finish({ opened: opening, bytes });
        if (opening.kind === 'tls-question' && passesTls()) return finish({ opened: { kind: 'wants-tls' }, bytes });
        refused ||= opening.kind === 'tls-question';
        client.write(no);
        bytes = bytes.subarray(opening.bytes);
      }
    };
    client.on('data', take).on('end', leave).on('close', leave).on('timeout', leave);
    client.setTimeout(openingLimitMs);
  });
