-- The memo queue of seed 004: a message for each note written, a memo for each message that was handled.

CREATE TABLE memo_messages (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  note_key   text NOT NULL,
  body       text NOT NULL,
  due_at     timestamptz NOT NULL DEFAULT now(),
  -- A handler that holds no transaction takes the message for so long.
  taken_until timestamptz,
  done_at    timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX memo_messages_open ON memo_messages (id) WHERE done_at IS NULL;

CREATE TABLE memos (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id bigint NOT NULL UNIQUE REFERENCES memo_messages (id),
  text       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
