import { openPool } from './pool.js';

const pool = openPool('api');

const newest = `
  SELECT o.id, o.customer, o.state, jsonb_agg(jsonb_build_object('article', l.article, 'amount', l.amount)) AS lines
  FROM (SELECT * FROM orders ORDER BY id DESC LIMIT 30) o JOIN lines l ON l.order_id = o.id
  GROUP BY o.id, o.customer, o.state ORDER BY o.id DESC`;

export const newestOrders = async () => {
  const { rows } = await pool.query(newest);
  return rows;
};

const insertOrder = 'INSERT INTO orders (customer) VALUES ($1) RETURNING id, state';
const insertLines = 'INSERT INTO lines SELECT $1, unnest($2::text[]), 1';

export const addOrder = async ({ customer, articles }) => {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query(insertOrder, [customer]);
    await client.query(insertLines, [rows[0].id, articles]);
    await client.query('COMMIT');
    return rows[0];
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
};

export const closeOrders = () => pool.end();
