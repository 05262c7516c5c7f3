/**
 * Escapes text for XML. Characters that XML 1.0 cannot hold, escaped or not, become U+FFFD, so that an answer
 * with them in it can still be read.
 */
export function escapeXml(text: string): string {
  return text.replace(
    /[&<>"'\r\n\u0085\u2028]|[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu,
    (sign) => {
      switch (sign) {
        case '&':
          return '&amp;';
        case '<':
          return '&lt;';
        case '>':
          return '&gt;';
        case '"':
          return '&quot;';
        case "'":
          return '&apos;';
        case '\r':
        case '\n':
        case '\u0085':
        case '\u2028':
          return `&#x${sign.charCodeAt(0).toString(16)};`;
        default:
          return '\uFFFD';
      }
    },
  );
}
