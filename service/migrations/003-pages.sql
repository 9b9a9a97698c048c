-- What the crawls brought: one row for each page, in the transaction that completes its task.
-- No foreign key: a page outlives the task that fetched it.
CREATE TABLE pages (
  task_id      bigint PRIMARY KEY,
  job_id       uuid NOT NULL,
  url          text NOT NULL,
  title        text NOT NULL,
  content_hash bytea NOT NULL,
  bytes        integer NOT NULL,
  -- The page of the same job that holds the same, where there is one.
  duplicate_of bigint,
  fetched_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX pages_job_content ON pages (job_id, content_hash);

-- Counts and links of a job are asked by the addresses of its tasks.
CREATE INDEX tasks_job_url ON tasks (job_id, url);
DROP INDEX tasks_job;
