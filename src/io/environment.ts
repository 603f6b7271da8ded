/** A variable that is set and not empty. What every object has (`constructor`) is none. */
export const fromEnvironment = (name: string): string | undefined =>
  Object.hasOwn(process.env, name) ? process.env[name] || undefined : undefined
