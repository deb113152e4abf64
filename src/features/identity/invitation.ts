/** How long an invitation is good for. */
export const invitationLifetimeMs = 7 * 86_400_000;
