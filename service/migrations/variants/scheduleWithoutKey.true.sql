-- Seeded defect: nothing in the database stops a tick from being dispatched twice.
ALTER TABLE schedule_ticks DROP CONSTRAINT IF EXISTS schedule_ticks_schedule_due_key;
