// The schema and a thousand orders. Run once on an empty database.
import pg from 'pg';

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query(`
  CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer text NOT NULL,
    state text NOT NULL DEFAULT 'new',
    made_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX ON orders (id) WHERE state = 'new';
  CREATE TABLE lines (
    order_id bigint NOT NULL REFERENCES orders,
    article text NOT NULL,
    amount int NOT NULL
  );
  CREATE INDEX ON lines (order_id);
  INSERT INTO orders (customer, state) SELECT 'customer ' || n, 'paid' FROM generate_series(1, 1000) n;
  INSERT INTO lines SELECT id, 'article ' || n, n FROM orders, generate_series(1, 3) n;
`);
await client.end();
