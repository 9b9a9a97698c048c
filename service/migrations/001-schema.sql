-- The reference job service's tables. Applied as the database's owner by migrate.ts; the service's roles get only DML.

CREATE TABLE tenants (
  id    text PRIMARY KEY,
  name  text NOT NULL,
  -- Jobs this tenant may have open at once; NULL: the setting tenantQuota.
  quota integer
);

CREATE TABLE jobs (
  id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- The client's idempotency key, stored in the transaction that creates the job.
  key             text NOT NULL UNIQUE,
  tenant_id       text NOT NULL REFERENCES tenants (id),
  title           text NOT NULL,
  -- Tasks the job comes to once all its links are discovered.
  pages           integer NOT NULL CHECK (pages BETWEEN 1 AND 1000),
  payload         text NOT NULL DEFAULT '',
  status          text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'completed', 'failed')),
  error_message   text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  -- Last time a task of the job changed; what the watchdog looks at.
  progress_at     timestamptz NOT NULL DEFAULT now(),
  finished_at     timestamptz,
  total_tasks     integer NOT NULL DEFAULT 0,
  waiting_tasks   integer NOT NULL DEFAULT 0,
  pending_tasks   integer NOT NULL DEFAULT 0,
  running_tasks   integer NOT NULL DEFAULT 0,
  completed_tasks integer NOT NULL DEFAULT 0,
  failed_tasks    integer NOT NULL DEFAULT 0,
  -- Last sequence given to an outbox event of this job; its row lock makes the order of events the order of commits.
  event_sequence  integer NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
CREATE INDEX jobs_tenant_recent ON jobs (tenant_id, created_at DESC);
-- Not by progress_at, which changes with every task: its updates would touch every index (no HOT).
CREATE INDEX jobs_open ON jobs (created_at) WHERE status IN ('queued', 'running');

CREATE TABLE tasks (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id         uuid NOT NULL REFERENCES jobs (id),
  url            text NOT NULL,
  status         text NOT NULL CHECK (status IN ('waiting', 'pending', 'running', 'completed', 'failed')),
  priority       real NOT NULL DEFAULT 0.5,
  due_at         timestamptz NOT NULL DEFAULT now(),
  attempts       integer NOT NULL DEFAULT 0,
  -- Fencing token: raised by each claim; a completion that carries an older one is refused.
  fence          bigint NOT NULL DEFAULT 0,
  claimed_by     text,
  lease_until    timestamptz,
  heartbeat_at   timestamptz,
  started_at     timestamptz,
  finished_at    timestamptz,
  result         text,
  -- Why it waits: domain_delay, worker_capacity or concurrency_limit.
  waiting_reason text,
  failure_reason text
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX tasks_job ON tasks (job_id);
CREATE INDEX idx_tasks_pending_by_job_priority ON tasks (priority DESC, id) WHERE status = 'pending';
CREATE INDEX tasks_waiting_due ON tasks (due_at) WHERE status = 'waiting';
-- Not by status, or the plan of a completion, made while the table is small and then kept, would scan it for one id.
CREATE INDEX tasks_running_lease ON tasks (lease_until) WHERE lease_until IS NOT NULL;

-- The effect of a task, written in the transaction that completes it: one row per completed task is right.
CREATE TABLE task_effects (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_id bigint NOT NULL REFERENCES tasks (id),
  fence   bigint NOT NULL,
  at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX task_effects_task ON task_effects (task_id);

-- Fed by a trigger, never by the service: what really happened to a task's status.
-- running -> running is a second claim of a task that was never given back.
CREATE TABLE task_transitions (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_id     bigint NOT NULL,
  from_status text,
  to_status   text NOT NULL,
  fence       bigint NOT NULL,
  -- The claim that was left, where one was: whose, until when its lease held, and whether it kept its name on the task,
  -- as a worker does that gives its own claim back; whoever takes a task away takes the name off or puts another there.
  held_by     text,
  held_until  timestamptz,
  given_back  boolean,
  at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX task_transitions_task ON task_transitions (task_id, id);

CREATE FUNCTION record_task_transition() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  -- Here rather than in a WHEN clause, which is read anew for every statement. A terminal row that is written at all is of interest.
  IF TG_OP = 'UPDATE' AND OLD.status = NEW.status AND OLD.fence = NEW.fence AND NEW.status NOT IN ('completed', 'failed') THEN RETURN NULL; END IF;
  IF TG_OP = 'UPDATE' AND OLD.status = 'running' THEN
    INSERT INTO task_transitions (task_id, from_status, to_status, fence, held_by, held_until, given_back)
    VALUES (NEW.id, OLD.status, NEW.status, NEW.fence, OLD.claimed_by, OLD.lease_until, coalesce(NEW.claimed_by = OLD.claimed_by, false));
    RETURN NULL;
  END IF;
  INSERT INTO task_transitions (task_id, from_status, to_status, fence)
  VALUES (NEW.id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.status END, NEW.status, NEW.fence);
  RETURN NULL;
END $$;
CREATE TRIGGER task_inserted AFTER INSERT ON tasks
  FOR EACH ROW EXECUTE FUNCTION record_task_transition();
CREATE TRIGGER task_moved AFTER UPDATE ON tasks
  FOR EACH ROW EXECUTE FUNCTION record_task_transition();

CREATE TABLE notes (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key        text NOT NULL UNIQUE,
  tenant_id  text NOT NULL REFERENCES tenants (id),
  body       text NOT NULL,
  version    integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX notes_tenant ON notes (tenant_id, updated_at DESC);

-- Idempotency keys of writes other than job creation, with the answer that was given.
CREATE TABLE idempotency_keys (
  key        text PRIMARY KEY,
  answer     jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Events of one key are delivered in the order of their sequence.
  key          text NOT NULL,
  sequence     integer NOT NULL,
  payload      text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  delivered_at timestamptz
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX outbox_undelivered ON outbox (id) WHERE delivered_at IS NULL;
CREATE INDEX outbox_key ON outbox (key, sequence);

-- What the listeners received, in the order in which they received it. At least once per event.
CREATE TABLE outbox_deliveries (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  outbox_id bigint NOT NULL,
  key       text NOT NULL,
  sequence  integer NOT NULL,
  listener  text NOT NULL,
  at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outbox_deliveries_outbox ON outbox_deliveries (outbox_id);

CREATE FUNCTION notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outbox', '');
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_written AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION notify_outbox();

-- Its unique constraint is the subject of `duplicate-schedules`: see variants/scheduleConstraint.*.sql.
CREATE TABLE cron_schedules (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  queue_name       text NOT NULL,
  workspace_id     text,
  interval_seconds integer NOT NULL CHECK (interval_seconds > 0),
  payload          jsonb NOT NULL DEFAULT '{}',
  next_tick_at     timestamptz NOT NULL,
  created_at       timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE schedule_ticks (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- No foreign key: cleaning up duplicate schedules keeps the record of what they dispatched.
  schedule_id   bigint NOT NULL,
  queue_name    text NOT NULL,
  due_at        timestamptz NOT NULL,
  dispatched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  dispatched_by text
);

-- Who works where; each worker registers when it starts.
CREATE TABLE workers (
  name       text PRIMARY KEY,
  kind       text NOT NULL,
  replica    integer NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now()
);
