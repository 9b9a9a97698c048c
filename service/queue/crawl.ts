/** The crawl of a page: an HTTP call to the partner, made while no connection to the database is held. */
import { Agent, get, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Context } from '../context.ts';
import type { Page } from '../partner/site.ts';
import type { ClaimedTask } from './claim.ts';

/** The site does not give this page, and will not another time: the task fails for good. */
export class PageRefused extends Error {}
/** No answer, or one that may be another the next time: the task is tried again later. */
export class CrawlFailed extends Error {}

/** Kept shorter than the partner keeps a connection. */
const agent = new Agent({ keepAlive: true, timeout: 60_000, maxSockets: 256 });

/** A replica that stops waits so long for a crawl that is under way. */
const stopPatienceMs = 2000;

const bodyOf = async (answer: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
  return text;
};

const pageOf = async (answer: IncomingMessage): Promise<Page> => {
  const text = await bodyOf(answer);
  const status = answer.statusCode ?? 0;
  if (status === 200) return JSON.parse(text) as Page;
  if (status >= 400 && status < 500) throw new PageRefused(`HTTP ${status}`);
  throw new CrawlFailed(`HTTP ${status}`);
};

const ask = (url: string, begun: (request: ClientRequest) => void): Promise<Page> =>
  new Promise((resolve, reject) => {
    const request = get(url, { agent }, (answer) => {
      pageOf(answer).then(resolve, reject);
    });
    request.on('error', (error) => reject(new CrawlFailed(error.message)));
    begun(request);
  });

/** The page, or null where the replica stops and the crawl takes too long for that. */
export const crawlPage = async (
  { partnerUrl, settings, stopping }: Context,
  { url: address }: ClaimedTask,
  pages: number,
): Promise<Page | null> => {
  const url = `${partnerUrl}/crawl?address=${encodeURIComponent(address)}&pages=${pages}`;
  const timers: NodeJS.Timeout[] = [];
  let given = false;
  let stop: () => void = () => undefined;
  try {
    return await ask(url, (request) => {
      const late = `no answer within ${settings.crawlTimeoutMs} ms`;
      timers.push(setTimeout(() => request.destroy(new Error(late)), settings.crawlTimeoutMs));
      const giveBack = (): void => {
        given = true;
        request.destroy(new Error('the replica stops'));
      };
      stop = () => void timers.push(setTimeout(giveBack, stopPatienceMs));
      if (stopping.aborted) stop();
      else stopping.addEventListener('abort', stop, { once: true });
    });
  } catch (error) {
    if (given) return null;
    throw error;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    stopping.removeEventListener('abort', stop);
  }
};
