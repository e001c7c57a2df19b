/** Whether a page came where a store answers. */
export function isHtml({ headers, text }: { headers: Headers; text: string }): boolean {
  return /^text\/html\b/i.test(headers.get('content-type') ?? '') && !/^\s*<\?xml/.test(text);
}
