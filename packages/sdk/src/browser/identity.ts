/** Who this browser is, as calls see it. Pure: ids come as arguments. */
export interface Identity {
  /** `device-<uuid>`; outlives a reset unless that says otherwise. */
  readonly deviceId: string;
  /** `anonymous-<uuid>` until an identify, then the user id. */
  readonly distinctId: string;
  /** After an identify: the id the browser had before it. */
  readonly anonymousId: string | null;
}

export type Phase = 'anonymous' | 'identified';

export function phaseOf({ anonymousId }: Identity): Phase {
  return anonymousId === null ? 'anonymous' : 'identified';
}

export function freshIdentity(uuid: () => string, deviceId = `device-${uuid()}`): Identity {
  return { deviceId, distinctId: `anonymous-${uuid()}`, anonymousId: null };
}

/** What an identify finds: nobody yet, the user who is there already, or somebody else. */
export type Meeting = 'nobody' | 'same' | 'other';

export function meetingOf(identity: Identity, userId: string): Meeting {
  if (identity.distinctId === userId) return 'same';
  return phaseOf(identity) === 'anonymous' ? 'nobody' : 'other';
}

/** A user's id in place of the anonymous one, which stays attached. */
export function identified(identity: Identity, userId: string): Identity {
  return { ...identity, distinctId: userId, anonymousId: identity.distinctId };
}
