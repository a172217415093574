/** The command was written wrongly: exit status 2, with a hint at the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
