/**
 * "Connection refused" and "reset" are words of the network, the same whoever was dialled. Where what stands beside
 * them names a cache, a queue or an HTTP service, and nothing names Postgres, they tell nothing of the database.
 */

import type { Signature } from './signature.ts';

const systems = [
  String.raw`redis|valkey|jedis|lettuce\.|memcached?\b|mongo|kafka|amqp|rabbitmq|\bnats:`,
  String.raw`elasticsearch|opensearch|mysql|mariadb|clickhouse|cassandra|dynamodb|botocore|\bsmtp|\bsftp\b|\bssh:`,
  String.raw`rpc error:|io\.grpc|\bgrpc\b|otlp|opentelemetry|statsd`,
];

/** Clients of HTTP, by the names of their classes and modules. */
const httpClients = [
  String.raw`axios|\bFetchError\b|UND_ERR_|\bundici\b|\burllib3\b|\brequests\.exceptions\b`,
  String.raw`HTTPS?Connection(?:Pool)?\b|HttpConnect|HttpHostConnect|HttpRequestException`,
  String.raw`\bhttpx\.|\bhttpcore\.|\baiohttp\b|ClientConnectorError`,
  String.raw`\borg\.apache\.h(?:ttp|c)|\bfeign\.|ResourceAccessException|WebClientRequestException|okhttp`,
  String.raw`\breqwest\b|hyper::|Faraday::|Net::HTTP`,
  String.raw`\b(?:GET|POST|PUT|PATCH|DELETE|HEAD)\b (?:request )?(?:for |to )?"?https?://`,
  String.raw`(?:request to|url:?|URL:|upstream:) "?https?://`,
];

/** After an address, or a name that is no file of code with the number of a line. */
const ports =
  '22|25|80|443|465|587|2181|2379|3306|4222|4317|4318|567[12]|6379|6380|8080|8081|8125|8443|8500|9042|9092|9200|' +
  '11211|15672|26379|27017|50051';
const dialled = [
  String.raw`\b\d{1,3}(?:\.\d{1,3}){3}(?::|', )(?:${ports})(?!\d)`,
  String.raw`(?<![\w.-])(?![\w.-]*\.(?:go|rs|tsx?|m?js|py|rb|java|kt|cs|exs?|php):)[a-z][\w.-]*:(?:${ports})(?!\d)`,
];

const anyOf = (parts: readonly string[]): RegExp => new RegExp(parts.join('|'), 'i');

const another = anyOf([...systems, ...httpClients, ...dialled]);

const postgres =
  /postgres|\bpg(?:x|conn|sql|bouncer|pool|cat)?\b|libpq|psycopg|asyncpg|npgsql|psqlexception|jdbc:|sqlalchemy\.|hikari|database|\b(?:port |:|', )(?:5432|5433|6432|6543)\b/i;

/** What stands for the words in the answer: who says them is not in the table of errors. */
export const otherSystem: Signature = {
  family: 'elsewhere',
  by: 'a client of another system, by the name, class or port beside the words',
  pattern: another,
  example: 'connect ECONNREFUSED 127.0.0.1:6379',
};

/** The words name another system than Postgres, and not Postgres. */
export const namesAnotherSystem = (words: string): boolean => another.test(words) && !postgres.test(words);
