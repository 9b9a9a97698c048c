-- Each look at how many workers there should be, with all that it looked at: whoever reads it can decide again.
CREATE TABLE scaling_evaluations (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at           timestamptz NOT NULL DEFAULT now(),
  replica      integer NOT NULL,
  workers      integer NOT NULL,
  busy         integer NOT NULL,
  pending      integer NOT NULL,
  pool_used    integer NOT NULL,
  pool_max     integer NOT NULL,
  -- Most workers that the app pool leaves room for, and the fewest there may be.
  cap          integer NOT NULL,
  least        integer NOT NULL,
  -- Looks in a row at which more than half of the workers had nothing to do, this one included.
  idle_looks   integer NOT NULL,
  decision     text NOT NULL,
  reason       text NOT NULL,
  workers_then integer NOT NULL
);
