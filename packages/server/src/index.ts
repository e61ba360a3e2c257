export { type ErrorCode, OnymError } from './errors.ts';
export { limits } from './limits.ts';
