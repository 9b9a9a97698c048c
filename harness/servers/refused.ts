/** Whether nobody listens at that address any more: the error itself or one of its causes says so. */
export const isRefused = (error: unknown): boolean => {
  if (typeof error !== 'object' || error === null) return false;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return code === 'ECONNREFUSED' || isRefused(cause);
};
