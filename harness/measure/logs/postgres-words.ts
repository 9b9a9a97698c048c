/**
 * The words that Postgres puts before a line of its log, in the languages that it speaks (lc_messages): what stands
 * there is translated in stderr, csvlog and jsonlog alike. From its message catalogues (Debian's postgresql-15 and the
 * po files of its source).
 */
import { levelOf, type Level } from './level.ts';

/** DEBUG and LOG, then NOTICE, WARNING, and ERROR, FATAL and PANIC; INFO where it is no English word. */
const translated: readonly (readonly [Level, string])[] = [
  ['debug', 'DEPURAÇÃO ОТЛАДКА НАЛАГОДЖЕННЯ გამართვა 디버그 调试'],
  ['info', 'LOGG DZIENNIK СООБЩЕНИЕ ЗАПИСУВАННЯ ჟურნალი 로그 日志 記錄檔'],
  ['info', 'HINWEIS NOTIFICA NOTIS NOTA NOT UWAGA ЗАМЕЧАНИЕ ПОВІДОМЛЕННЯ 알림 注意'],
  ['info', 'INFORMACJE BİLGİ ИНФОРМАЦИЯ ІНФОРМАЦІЯ ინფორმაცია 정보 信息'],
  ['warn', 'WARNUNG ADVERTENCIA ATTENTION ATTENZIONE AVISO VARNING OSTRZEŻENIE UYARI'],
  ['warn', 'ПРЕДУПРЕЖДЕНИЕ ПОПЕРЕДЖЕННЯ გაფრთხილება 경고 警告'],
  ['error', 'FEHLER ERREUR ERRORE ERRO FEL BŁĄD HATA CHYBA ОШИБКА ПОМИЛКА შეცდომა 오류 错误 錯誤'],
  ['error', 'FATALE FATALT KATASTROFALNY ÖLÜMCÜL ВАЖНО ФАТАЛЬНО ფატალური 치명적오류 致命错误 嚴重錯誤'],
  ['error', 'PANIK PANICO PÂNICO PANIKA KRİTİK ПАНИКА ПАНІКА პანიკა 손상 比致命错误还过分的错误'],
];

const levels = new Map(translated.flatMap(([level, words]) => words.split(' ').map((word) => [word, level] as const)));
const panics = new Set(translated.at(-1)![1].split(' '));

const english = 'DEBUG[1-5]?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC';

/** For a pattern: every severity in every language. Turkish explains its FATAL in brackets. */
export const severityWords = `${english}|${[...levels.keys()].join('|')}|ÖLÜMCÜL \\(FATAL\\)`;

/** What stands before the further lines of an event, for a pattern: those that tell of its cause, and all others. */
export const detailWords =
  'DETAIL|DETALLE|DÉTAIL|DETTAGLI|DETALHE|DETALJ|SZCZEGÓŁY|AYRINTI|ПОДРОБНОСТИ|ВІДОМОСТІ|დეტალები|詳細|상세정보|详细信息';
export const asideWords =
  'HINT|STATEMENT|CONTEXT|QUERY|LOCATION|BACKTRACE|TIPP|ANWEISUNG|ZUSAMMENHANG|ANFRAGE|ORT|SENTENCIA|CONTEXTO|' +
  'CONSULTA|UBICACIÓN|ASTUCE|INSTRUCTION|CONTEXTE|REQUÊTE|EMPLACEMENT|SUGGERIMENTO|ISTRUZIONE|CONTESTO|POSIZIONE|' +
  'DICA|COMANDO|LOCAL|TIPS|SATS|KONTEXT|FRÅGA|PLATS|PODPOWIEDŹ|WYRAŻENIE|KONTEKST|ZAPYTANIE|İPUCU|İFADE|SORGU|ORTAM|' +
  'ПОДСКАЗКА|ОПЕРАТОР|КОНТЕКСТ|ЗАПРОС|УКАЗІВКА|ІНСТРУКЦІЯ|ЗАПИТ|მინიშნება|ოპერატორი|კონტექსტი|მოთხოვნა|' +
  'ヒント|文|文脈|問い合わせ|힌트|명령 구문|내용|提示|语句|上下文|查询';

/** 00 is success and 01 a warning; every other class of a SQLSTATE is an error. */
const byState = (sqlstate: string | null | undefined): Level | null => {
  if (sqlstate == null || !/^[0-9A-Z]{5}$/.test(sqlstate)) return null;
  if (sqlstate.startsWith('00')) return 'info';
  return /^0[12]/.test(sqlstate) ? 'warn' : 'error';
};

/** How bad a severity of Postgres is; in a language that is not known here its SQLSTATE tells. */
export const severityLevel = (word: string | undefined, sqlstate?: string | null): Level | null =>
  levelOf(word) ?? levels.get(word?.replace(/ \(FATAL\)$/, '') ?? '') ?? byState(sqlstate);

export const isPanic = (word: string): boolean => word === 'PANIC' || panics.has(word);
