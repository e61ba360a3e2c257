/** How an identifier stands in the address of its person. */
export const personAddress = (distinctId: string): string => distinctId;
