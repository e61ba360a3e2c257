/** Who this browser is, as calls see it. Pure: ids come as arguments. */
export interface Identity {
  /** `device-<uuid>`; outlives a reset unless that says otherwise. */
  readonly deviceId: string;
  /** `anonymous-<uuid>` until an identify, then the user id. */
  readonly distinctId: string;
  /** After an identify: the id the browser had before it. */
  readonly anonymousId: string | null;
}

export function isIdentified({ anonymousId }: Identity): boolean {
  return anonymousId !== null;
}

export function freshIdentity(uuid: () => string, deviceId = `device-${uuid()}`): Identity {
  return { deviceId, distinctId: `anonymous-${uuid()}`, anonymousId: null };
}

/** A user's id in place of the anonymous one, which stays attached. */
export function identified<Known extends Identity>(identity: Known, userId: string): Known {
  return { ...identity, distinctId: userId, anonymousId: identity.distinctId };
}
