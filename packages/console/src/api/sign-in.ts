/** The session is over: signs in on the page for it, and comes back to this very screen. */
export function goToSignIn(): void {
  const { pathname, search } = window.location;
  window.location.assign(`/sign-in?${new URLSearchParams({ to: `${pathname}${search}`, over: '' })}`);
}
