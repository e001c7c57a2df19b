import type { AnswerHeaders } from './exchange.js';

/** Whether a page came where a store answers. */
export function isHtml({ headers, text }: { headers: AnswerHeaders; text: string }): boolean {
  return isHtmlType(headers) && text !== '' && !/^\s*<\?xml/.test(text);
}

/** Whether an answer says that it is a page: some servers say so of answers without a body, too. */
export function isHtmlType(headers: AnswerHeaders): boolean {
  return /^text\/html\b/i.test(headers.get('content-type') ?? '');
}
