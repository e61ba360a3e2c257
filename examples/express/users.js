// The shop's users, in memory: yours are in a database.
import { randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * @typedef {object} User
 * @property {string} id
 * @property {string} email
 * @property {string} name
 * @property {Password} password
 * @property {string | null} customerId At the payment service.
 *
 * @typedef {{ salt: Buffer, hash: Buffer }} Password
 */

/** @type {Map<string, User>} by e-mail */
const users = new Map();

const hashOf = /** @type {(text: string, salt: Buffer, length: number) => Promise<Buffer>} */ (promisify(scrypt));

/** @returns {Promise<Password>} */
async function passwordOf(/** @type {string} */ text) {
  const salt = randomBytes(16);
  return { salt, hash: await hashOf(text, salt, 32) };
}

/** Compared with where there is no such user, so that the time it takes does not tell. */
const nobodys = await passwordOf(randomUUID());

/**
 * A new user, or null where the e-mail address is taken.
 *
 * @param {{ name: string, email: string, password: string }} form
 * @returns {Promise<User | null>}
 */
export async function createUser({ name, email, password }) {
  const user = { id: `user_${randomUUID()}`, email, name, password: await passwordOf(password), customerId: null };
  if (users.has(email)) return null;
  users.set(email, user);
  return user;
}

/**
 * The user with this e-mail address and password, or null.
 *
 * @param {{ email: string, password: string }} form
 * @returns {Promise<User | null>}
 */
export async function findUser({ email, password }) {
  const user = users.get(email) ?? null;
  const { salt, hash } = user?.password ?? nobodys;
  return timingSafeEqual(await hashOf(password, salt, hash.length), hash) ? user : null;
}
