import { describe, expect, test } from 'vitest';
import { classifyError } from './classify.ts';
import { renderWhy } from './why.ts';

describe('words of the network that were said of another system tell nothing of the database', () => {
  test.each([
    'redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.',
    'Error: connect ECONNREFUSED 127.0.0.1:6379',
    'dial tcp 10.0.0.7:6379: i/o timeout',
    'MongoServerSelectionError: connect ECONNREFUSED 127.0.0.1:27017',
    'kafka: client has run out of available brokers to talk to: dial tcp 10.0.0.9:9092: connect: connection refused',
    'AMQPConnectionError: [Errno 111] Connection refused',
    "requests.exceptions.ConnectionError: HTTPConnectionPool(host='partner', port=8080): Max retries with url: " +
      '/quote (Caused by NewConnectionError: [Errno 111] Connection refused)',
    'AxiosError: read ECONNRESET',
    'FetchError: request to https://partner.example/quote failed, reason: connect ECONNREFUSED 10.0.0.9:443',
    'Get "https://partner.example/quote": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    'Get "http://partner:8080/": dial tcp: lookup partner on 10.96.0.10:53: no such host',
    'Get "https://partner.example/": x509: certificate signed by unknown authority',
    'rpc error: code = DeadlineExceeded desc = context deadline exceeded',
    'io.grpc.StatusRuntimeException: UNAVAILABLE: io exception: Connection refused: partner/10.0.0.9:50051',
    'java.net.http.HttpConnectTimeoutException: HTTP connect timed out',
    'I/O error on GET request for "http://partner:8080/quote": Connection refused',
    'System.Net.Http.HttpRequestException: Connection refused (partner:8080)',
    'connect() failed (111: Connection refused) while connecting to upstream, upstream: "http://10.0.0.2:8080/"',
    'OTLPExporterError: connect ECONNREFUSED 127.0.0.1:4318',
    "aiohttp.client_exceptions.ClientConnectorError: Cannot connect to partner [Connect call failed ('10.0.0.9', 1)]",
  ])('%s', (text) => {
    expect(classifyError(text)).toMatchObject({ family: 'elsewhere', outcome: 'unknown' });
  });
});

test('pgsurge why says by what it is known', () => {
  const answer = renderWhy(classifyError('Error: connect ECONNREFUSED 127.0.0.1:6379'));
  expect(answer).toContain('by the name, class or port beside the words');
  expect(answer).toContain('No pool or time-out of the database changes it');
});

describe('what is the database’s stays so, whatever else is named beside it', () => {
  test.each([
    ['connect ECONNREFUSED 127.0.0.1:5432', 'connect-refused'],
    ['connect ECONNREFUSED 127.0.0.1:25401', 'connect-refused'],
    ['dial tcp 10.0.0.5:6432: i/o timeout', 'connect-timeout'],
    ['main.go:443: read tcp 10.0.4.2:40312->10.0.0.5:5432: read: connection reset by peer', 'connection-lost'],
    ['store.go:8080: read ECONNRESET', 'connection-lost'],
    ['2026-11-28 09:22:25 read ECONNRESET', 'connection-lost'],
    ['dial tcp: lookup db on 10.96.0.10:53: no such host', 'connect-refused'],
    ['kafka-consumer: pq: deadlock detected', 'deadlock'],
    ['[redis-worker] Connection terminated unexpectedly', 'connection-lost'],
    [
      'redis fallback failed, too: psycopg.OperationalError: connection to server at "db" failed: Connection refused',
      'connect-refused',
    ],
    [
      'failed to connect to `user=app database=app`: 10.0.0.5:8080 (db): dial error: connection refused',
      'connect-refused',
    ],
    ["OSError: Multiple exceptions: [Errno 111] Connect call failed ('::1', 5432, 0, 0)", 'connect-refused'],
    ["TimeoutError: [Errno 110] Connect call failed ('10.0.0.5', 5432)", 'connect-timeout'],
  ])('%s is %s', (text, family) => {
    expect(classifyError(text).family).toBe(family);
  });
});
