/** What the harness and the front ask a service besides the load: its health, whether it is ready, its settings. */
const own = /^\/(front\/)?(health|ready|settings)/;

/** By the route of a request, as the service names it: such a request is none of the load. */
export const isAskedByUs = (route: string | undefined): boolean => own.test(route ?? '');
