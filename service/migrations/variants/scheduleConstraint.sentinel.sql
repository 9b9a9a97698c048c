-- The proper fix (004, to do): no NULL at all; a plain UNIQUE does.
ALTER TABLE cron_schedules DROP CONSTRAINT IF EXISTS cron_schedules_queue_workspace_key;
UPDATE cron_schedules SET workspace_id = '_system_' WHERE workspace_id IS NULL;
ALTER TABLE cron_schedules ALTER COLUMN workspace_id SET DEFAULT '_system_', ALTER COLUMN workspace_id SET NOT NULL;
ALTER TABLE cron_schedules ADD CONSTRAINT cron_schedules_queue_workspace_key UNIQUE (queue_name, workspace_id);
