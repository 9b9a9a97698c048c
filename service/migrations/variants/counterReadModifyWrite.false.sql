-- The triggers of counterMode are in force.
SELECT 1;
