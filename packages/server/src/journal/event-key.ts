/** What an event is told by from others of its environment. A uuid has a fixed length, so no two share a key. */
export const keyOf = (event: { readonly uuid: string; readonly distinct_id: string }): string =>
  event.uuid + event.distinct_id;
