-- Jobs of up to 10,000 pages: what a change of one task costs shows only there.
ALTER TABLE jobs DROP CONSTRAINT jobs_pages_check, ADD CONSTRAINT jobs_pages_check CHECK (pages BETWEEN 1 AND 10000);
