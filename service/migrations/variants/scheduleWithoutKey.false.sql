ALTER TABLE schedule_ticks DROP CONSTRAINT IF EXISTS schedule_ticks_schedule_due_key;
ALTER TABLE schedule_ticks ADD CONSTRAINT schedule_ticks_schedule_due_key UNIQUE (schedule_id, due_at);
