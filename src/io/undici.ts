// Stands in for the npm package undici, which the GitHub toolkit imports for proxies and is half a megabyte. Nothing of
// it is reached: the API is called through the transport that github.ts gives to Octokit, and OpenID tokens are not asked for.

/** Made by the toolkit as soon as the environment names a proxy, and handed to the `fetch` below only. */
export function ProxyAgent(): void {}

export function fetch(): never {
  throw new Error('a package of the GitHub toolkit made a request of its own')
}
