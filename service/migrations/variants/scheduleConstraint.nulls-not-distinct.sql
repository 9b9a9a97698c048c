-- The seed's fix (004): one row per queue also where there is no workspace.
ALTER TABLE cron_schedules DROP CONSTRAINT IF EXISTS cron_schedules_queue_workspace_key;
ALTER TABLE cron_schedules ADD CONSTRAINT cron_schedules_queue_workspace_key UNIQUE NULLS NOT DISTINCT (queue_name, workspace_id);
