-- The indexes of the schema are in force.
SELECT 1;
