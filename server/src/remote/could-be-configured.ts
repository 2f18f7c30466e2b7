/** Whether something could be the name of a host of a configuration; `user@name` and addresses are for ssh alone. */
export function couldBeConfigured(given: string): boolean {
  return /^[\w][\w.-]*$/.test(given);
}
