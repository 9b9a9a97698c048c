/** Whether a host is this machine by its name or address, an IPv6 one with or without the brackets that URLs have. */
export const isLoopback = (host: string): boolean =>
  ['localhost', '::1', '[::1]'].includes(host) || /^127(\.\d{1,3}){3}$/.test(host);
