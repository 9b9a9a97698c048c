-- The seed's constraint (004 bug 2b): NULL is never equal to NULL, so rows without a workspace repeat.
ALTER TABLE cron_schedules DROP CONSTRAINT IF EXISTS cron_schedules_queue_workspace_key;
ALTER TABLE cron_schedules ADD CONSTRAINT cron_schedules_queue_workspace_key UNIQUE (queue_name, workspace_id);
