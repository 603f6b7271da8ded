// The standard normal distribution. Abramowitz & Stegun 26.2.11 (series) and 26.2.14 (continued fraction).

/** Density at z. */
export function normPdf(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
}

/** P(Z <= z); absolute error below 1e-15, relative accuracy kept in the lower tail. */
export function normCdf(z: number): number {
  if (z === Infinity || z === -Infinity) return z > 0 ? 1 : 0
  if (z > 3) return 1 - upperTail(z)
  return z < -3 ? upperTail(-z) : 0.5 + normPdf(z) * oddSeries(z)
}

/** z with P(Z <= z) = p; -Infinity and Infinity at 0 and 1, NaN outside [0, 1]. */
export function normQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity
  if (p > 0.5) return -normQuantile(1 - p)
  let z = -roughUpperQuantile(p)
  for (let step = 0; step < 8; step += 1) {
    // Halley's step; the density changes as -z times itself.
    const error = (normCdf(z) - p) / normPdf(z)
    const move = error / (1 + (z * error) / 2)
    z -= move
    if (Math.abs(move) < 1e-15 * Math.max(1, Math.abs(z))) break
  }
  return z
}

/** z + z^3/3 + z^5/15 + ... */
function oddSeries(z: number): number {
  let term = z
  let sum = z
  for (let k = 3; Math.abs(term) > 1e-18 && k < 300; k += 2) {
    term *= (z * z) / k
    sum += term
  }
  return sum
}

/** P(Z > z) for z > 3 by 1/(z + 1/(z + 2/(z + 3/...))), from the inside out. */
function upperTail(z: number): number {
  let fraction = z
  for (let k = 120; k >= 1; k -= 1) fraction = z + k / fraction
  return normPdf(z) / fraction
}

/** Abramowitz & Stegun 26.2.23, error below 4.5e-4: the start of the iteration, for p <= .5. */
function roughUpperQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p))
  const over = 2.515517 + t * (0.802853 + t * 0.010328)
  const under = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
  return t - over / under
}
