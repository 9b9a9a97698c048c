import { check, sleep } from 'k6';
import http from 'k6/http';
import { matrix } from 'pgsurge/k6';

// Four loads out of the one journey: 10 users on an ordinary day, twice and five times as many, and a burst.
export const options = matrix({ journey: 'default', baseline: 10 });

const orders = `${__ENV.TARGET_URL ?? 'http://127.0.0.1:8080'}/orders`;
const order = JSON.stringify({ customer: 'ann', articles: ['tea', 'milk'] });

// One user thinks, looks at the newest orders, and makes one. Nobody thinks for as long as the others: users that walk
// in step would be a burst each second.
export default function () {
  sleep(0.5 + Math.random());
  check(http.get(orders), { 'the newest orders': ({ status }) => status === 200 });
  check(http.post(orders, order), { 'an order is taken': ({ status }) => status === 200 });
}
