/** How many of a list are named before the others are counted. */
export const FEW = 5

/** `a, b, c, d, e and 2 more` */
export function few(items: readonly string[]): string {
  const more = items.length - FEW
  return `${items.slice(0, FEW).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
