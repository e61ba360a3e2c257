export { OnymError, type ErrorCode } from './errors.ts';
export { limits } from './limits.ts';
