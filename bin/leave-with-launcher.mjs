// Preloaded into the harness by pgsurge.mjs: when the launcher is killed without a chance to say so (kill -9, out of
// memory), the harness ends as if by SIGTERM, saving what it measured, instead of loading on with nobody watching.
const launcher = process.ppid;
const timer = setInterval(() => {
  if (process.ppid === launcher) return;
  clearInterval(timer);
  process.kill(process.pid, 'SIGTERM');
}, 500);
timer.unref();
