import { expect, test } from 'vitest';
import { routeOfAddress, routeOfPath, withoutIds } from './route-of.ts';

test.each([
  ['/items/17', '/items/:id'],
  ['/items/17/notes?page=2#x', '/items/:id/notes'],
  ['/users/6f9619ff-8b86-d011-b42d-00c04fc964ff/roles', '/users/:id/roles'],
  ['/blobs/5f3a9c0e1b', '/blobs/:id'],
  ['/users/507f1f77bcf86cd799439011.json', '/users/:id.json'],
  ['/orders/ORD-2024-00017', '/orders/:id'],
  ['/orders/order-17', '/orders/order-:id'],
  ['/mail/ann%40example.com', '/mail/:id'],
  ['/posts/why-our-database-was-slow-last-night', '/posts/:slug'],
  ['/invites/dGhpcyBpcyBh-c2VjcmV0MQ', '/invites/:id'],
  ['/near/52.52,13.40', '/near/:id'],
  ['/offsets/-1', '/offsets/:id'],
  ['', '/'],
  ['/', '/'],
])('%s is %s', (path, route) => {
  expect(routeOfPath(path)).toBe(route);
});

test.each([
  '/v2/items',
  '/api/1.0/items',
  '/oauth2/token',
  '/api/v1beta1/notification-settings',
  '/health',
  '/feedback',
  '/i18n/de',
])('%s stays what it is', (path) => expect(routeOfPath(path)).toBe(path));

test('an address: its host and its route, no user and no query', () => {
  expect(routeOfAddress('http://u:p@127.0.0.1:8090/items/17?x=1')).toEqual({
    host: '127.0.0.1:8090',
    route: '/items/:id',
  });
  expect(routeOfAddress('https://shop.example')).toEqual({ host: 'shop.example', route: '/' });
  expect(routeOfAddress('GET /items/17')).toBeNull();
});

test('ids within a name', () => {
  expect(withoutIds('GET /items/17')).toBe('GET /items/:id');
  expect(withoutIds('open item 17')).toBe('open item :id');
});
