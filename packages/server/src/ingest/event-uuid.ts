import { contentUuid, isUuid, messageUuid } from '../node-id.ts';

/**
 * The name of an event: the client's, or the one its content gives it, so that it counts once however often it is sent. null where it
 * has neither. Content is compared as JSON: neither the order of keys nor how a number is written makes another event.
 */
export function uuidOf(
  environment: string,
  messageId: string | null,
  content: readonly unknown[] | null,
): string | null {
  if (messageId !== null) return isUuid(messageId) ? messageId.toLowerCase() : messageUuid(environment, messageId);
  return content === null ? null : contentUuid(environment, content);
}
