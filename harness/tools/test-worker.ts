// A test does not outlive its `npm test`: once this worker is gone, the wardens of its workspaces clear what it had
// started.
process.once('disconnect', () => process.exit(1));
