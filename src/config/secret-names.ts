// Which values of the environment are secrets: what their name says, and how much of them there is.

/** `PWD` is the folder of a shell, and `SSH_AUTH_SOCK` a socket. */
export const isSecretName = (name: string) =>
  /KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|(?:^|_)(?:PAT|PASS)(?:_|$)|(?:^|_)(?:AUTH|BEARER|DSN)$|_PWD$/i.test(name)

/** Shorter ones are words of every day (a team, a region), which stand in answers and reports for themselves. */
const LEAST_NAMED = 8
const LEAST_UNNAMED = 16

/** @param names all that it goes by: a variable, and the headers that it stands in */
export function isSecret(value: string, names: readonly string[]): boolean {
  return value.length >= (names.some(saysSecret) ? LEAST_NAMED : LEAST_UNNAMED)
}

const saysSecret = (name: string) => isSecretName(name.replaceAll('-', '_')) || /^authorization$/i.test(name)
