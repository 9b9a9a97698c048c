// Charges new orders at the bank. It holds no connection while it waits for the bank.
import { setTimeout } from 'node:timers/promises';
import { charge } from './bank.js';
import { openPool } from './pool.js';

const pool = openPool('worker');

const claim = `
  UPDATE orders SET state = 'charging'
  WHERE id IN (SELECT id FROM orders WHERE state = 'new' ORDER BY id LIMIT 50 FOR UPDATE SKIP LOCKED)
  RETURNING id`;
const finish = "UPDATE orders SET state = 'paid' WHERE id = ANY($1)";

let stopping = false;
process.on('SIGTERM', () => {
  stopping = true;
});

while (!stopping) {
  try {
    const { rows } = await pool.query(claim);
    await Promise.all(rows.map(charge));
    await pool.query(finish, [rows.map(({ id }) => id)]);
    if (rows.length === 0) await setTimeout(200);
  } catch (error) {
    console.error(`ERROR ${error.message}`);
    await setTimeout(1000);
  }
}
await pool.end();
