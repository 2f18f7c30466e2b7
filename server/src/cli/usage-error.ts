/** Something the user gave that cannot be used; its message is shown as it is. */
export class UsageError extends Error {}
