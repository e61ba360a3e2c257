/** The text of src/api/schema.d.ts for an OpenAPI document. */
export function apiTypes(document: unknown): Promise<string>;
