/** Logins that were refused: no statement was sent. */
import { whole, type Signature } from '../signature.ts';

const refused = (by: string, pattern: RegExp, example: string): Signature => ({ family: 'auth', by, pattern, example });

/** Also for words that do not say whose certificate it is. */
export const certificateCauses = [
  'a certificate of the server that this client does not trust: another authority, another name, or out of date',
];
export const certificateStep =
  "Give the driver the authority's certificate (sslrootcert), dial the name that the certificate is made for, and " +
  'see until when it is valid.';

export const logins: readonly Signature[] = [
  refused(
    'Postgres (28P01)',
    /(password|Ident|Peer|PAM|GSSAPI|RADIUS|SSPI|BSD) authentication failed|no pg_hba.conf entry|pg_hba.conf rejects|role ".*" is not permitted/i,
    'password authentication failed for user "app"',
  ),
  refused(
    'PgBouncer (08P01, 28000)',
    /no such (user|database)\b|role ".*" does not exist|database ".*" (does not exist|is not currently accepting)/i,
    'no such database: app',
  ),
  refused('Postgres', /permission denied for database/i, 'permission denied for database "app"'),
  refused(
    'PgBouncer',
    /SASL authentication failed|("trust"|certificate|LDAP) authentication failed|bouncer config error/i,
    'SASL authentication failed',
  ),
  refused('PgBouncer', whole('login rejected'), 'login rejected'),
  refused(
    'Poolers and Postgres, about TLS',
    /(SSL|TLS)( connection)? (is )?required|requires TLS connections|only with SSL connections|connection is insecure/i,
    'SSL required',
  ),
  refused(
    'drivers, about TLS',
    /does(n't| not) support (SSL|TLS)|SSL is not enabled on the server|refused TLS connection|ssl not available/i,
    'The server does not support SSL connections',
  ),
  refused(
    'drivers, about TLS',
    /(setting up the|establishing an|opening a|to establish a) (SSL|TLS) connection|performing TLS handshake/i,
    'There was an error establishing an SSL connection',
  ),
  refused(
    'RDS Proxy',
    /IAM (authentication )?(failed|is allowed)|IAM or MD5|no credentials for the role|provided for the role .* is wrong/i,
    'This RDS proxy has no credentials for the role app. Check the credentials for this role and try again.',
  ),
  refused(
    'Neon, Supavisor',
    /not allowed to connect to this endpoint|from a blocked network|tenant\/user .* not found|Tenant or user not found|tenant is banned/i,
    '(ENOTFOUND) tenant/user postgres.abc not found',
  ),
  refused('Supavisor', /\(EAUTH(QUERY|SECRETS|PROTOCOL)\)/, '(EAUTHQUERY) user not found in the database'),
  refused(
    'pgcat, Odyssey',
    /No pool configured for database|Client auth not possible|route for .* is not found|host based authentication/i,
    'No pool configured for database: "shop", user: "app"',
  ),
  refused(
    'node-pg, postgres.js, JDBC',
    /\bSASL: SCRAM-|\bfailed SASL auth\b|\bSASL_SIGNATURE_MISMATCH\b|SCRAM authentication failed/,
    'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string',
  ),
  refused(
    'Prisma (P1000, P1003, P1010)',
    /Authentication failed (against database server|for user)|was denied access on the database|\bP10(00|03|10)\b/,
    'Authentication failed against database server at `db`, the provided database credentials are not valid.',
  ),
  refused('tokio-postgres', /invalid configuration: /i, 'invalid configuration: password missing'),
  refused(
    'libpq, Postgres',
    /no password (supplied|was provided)|empty password returned by client|SCRAM authentication requires libpq/i,
    'fe_sendauth: no password supplied',
  ),
  {
    ...refused(
      'libpq, node-pg',
      /received invalid response to (SSL|GSSAPI) negotiation|received invalid response: \d+/i,
      'received invalid response to SSL negotiation: H',
    ),
    note: 'What answers there does not speak as Postgres does: another program (H begins HTTP), or TLS.',
    causes: ['another program on that port, or a proxy that does not pass the protocol of Postgres on'],
    nextStep: 'See what listens on that port: curl -v HOST:PORT tells an HTTP service at once.',
  },
  {
    ...refused(
      'drivers, about certificates',
      /(connection to server|failed to connect to|tls error|sslrootcert).*(certificate|x509:)|root certificate file .* does not exist|server certificate for .* does not match/i,
      'connection to server at "db" (10.0.0.5), port 5432 failed: SSL error: certificate verify failed',
    ),
    causes: certificateCauses,
    nextStep: certificateStep,
  },
];
