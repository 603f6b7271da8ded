/** Names of what only holds the settings of a call. */
export const HOLDS =
  /(?:options|settings|config|params|kwargs|args)(?:\.(?:open_?ai|anthropic|google|azure|vertex|bedrock|groq|mistral|openrouter|xai))?$/i
