// The API: it takes orders and shows the newest. The worker beside it charges them.
import { createServer } from 'node:http';
import { addOrder, closeOrders, newestOrders } from './orders.js';

const bodyOf = async (request) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
};

const routes = {
  'GET /health': async () => ({ ok: true }),
  'GET /orders': () => newestOrders(),
  'POST /orders': async (request) => addOrder(await bodyOf(request)),
};

const answer = async (request, response) => {
  const route = routes[`${request.method} ${request.url}`];
  response.setHeader('content-type', 'application/json');
  try {
    const body = route === undefined ? { error: 'no such route' } : await route(request);
    response.writeHead(route === undefined ? 404 : 200).end(JSON.stringify(body));
  } catch (error) {
    console.error(`ERROR ${error.message}`);
    response.writeHead(500).end(JSON.stringify({ error: 'sorry' }));
  }
};

const server = createServer(answer).listen(process.env.PORT ?? 8080, '127.0.0.1');
process.on('SIGTERM', () => {
  server.close(() => void closeOrders());
  server.closeIdleConnections();
});
