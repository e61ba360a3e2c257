import { contentText } from '../exact-json/content-text.ts';
import { contentUuid, messageUuid } from '../node-id.ts';

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The name of an event: the client's, or the one its content gives it, so that it counts once however often it is sent. null where it
 * has neither. Content is compared as JSON: neither the order of keys nor how a number is written makes another event.
 */
export function uuidOf(
  environment: string,
  messageId: string | null,
  content: readonly unknown[] | null,
): string | null {
  if (messageId !== null)
    return uuidForm.test(messageId) ? messageId.toLowerCase() : messageUuid(environment, messageId);
  return content === null ? null : contentUuid(environment, contentText(content));
}
