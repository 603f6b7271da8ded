// Credentials that can be recognised by their form alone. Linear patterns only: fixed prefixes, bounded or single-class runs.

export type Shape = { readonly kind: string; readonly pattern: RegExp }

/** What one or the other must stand in a text, in capitals or not, for any of the shapes below to be in it. */
export const SIGN_OF_A_SECRET =
  /private key|sk-|AIza|ya29|1\/\/0|GOCSPX|AKIA|ASIA|ABIA|ACCA|aws|IQoJ|FwoG|ABSK|bedrock-api-key|JQQJ9|Q~|github_pat|gh[oprsu]_|glpat|xox|xapp|hooks\.slack|hf_|gsk_|xai-|[rs]k_|npm_|SG\.|eyJ|bearer|basic|:\/\//i

export const SECRET_SHAPES: readonly Shape[] = [
  {
    kind: 'private key',
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^-]{0,16384}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g,
  },
  { kind: 'anthropic key', pattern: /\bsk-ant-[\w-]{16,}/g },
  { kind: 'openrouter key', pattern: /\bsk-or-[\w-]{16,}/g },
  { kind: 'openai key', pattern: /\bsk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,}/g },
  { kind: 'google key', pattern: /\bAIza[\w-]{35}/g },
  { kind: 'google token', pattern: /\bya29\.[\w-]{20,}/g },
  { kind: 'google token', pattern: /\b1\/\/0[\w-]{40,}/g },
  { kind: 'google secret', pattern: /\bGOCSPX-[\w-]{20,}/g },
  { kind: 'aws key id', pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g },
  {
    kind: 'aws secret',
    pattern: /(?<=aws_?secret_?(?:access_?)?key["']?\s{0,4}[=:]\s{0,4}["']?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/gi,
  },
  { kind: 'aws token', pattern: /\b(?:IQoJ|FwoG)[A-Za-z0-9+/]{80,}={0,2}/g },
  { kind: 'bedrock key', pattern: /\b(?:ABSK|bedrock-api-key-)[A-Za-z0-9+/]{40,}={0,2}/g },
  { kind: 'azure key', pattern: /\b[A-Za-z0-9]{52}JQQJ9[9D][A-Za-z0-9]{20,30}\b/g },
  { kind: 'azure secret', pattern: /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}/g },
  { kind: 'github token', pattern: /\bgithub_pat_\w{22,}/g },
  // Newer installation tokens are several hundred characters with dots and dashes.
  { kind: 'github token', pattern: /\bgh[oprsu]_[A-Za-z0-9_.-]{30,}/g },
  { kind: 'gitlab token', pattern: /\bglpat-[\w-]{20,}/g },
  { kind: 'slack token', pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g },
  { kind: 'slack token', pattern: /\bxapp-\d-[A-Za-z0-9-]{20,}/g },
  { kind: 'slack webhook', pattern: /\bhttps:\/\/hooks\.slack\.com\/(?:services|workflows)\/[\w/-]{20,}/g },
  { kind: 'hugging face token', pattern: /\bhf_[A-Za-z0-9]{30,}/g },
  { kind: 'groq key', pattern: /\bgsk_[A-Za-z0-9]{40,}/g },
  { kind: 'xai key', pattern: /\bxai-[A-Za-z0-9]{40,}/g },
  { kind: 'stripe key', pattern: /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/g },
  { kind: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: 'sendgrid key', pattern: /\bSG\.[\w-]{16,}\.[\w-]{16,}/g },
  { kind: 'token', pattern: /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g },
  // What a cut has left of one: too short for its own shape, and too much to show.
  {
    kind: 'key that was cut',
    pattern:
      /\b(?:sk-|AIza|ya29\.|GOCSPX-|A[KS]IA|github_pat_|gh[oprsu]_|glpat-|xox[abeoprs]-|xapp-|hf_|gsk_|xai-|[rs]k_(?:live|test)_|npm_|SG\.|eyJ)[\w.~+/-]{6,}(?=\u2026)/g,
  },
  {
    kind: 'authorization',
    pattern:
      /(?<=\b(?:authorization["']?\s{0,4}[:=]\s{0,4}["']?)?(?:bearer|basic)\s{1,4})(?=[\w.~+/-]*\d)[\w.~+/-]{20,}={0,2}/gi,
  },
  { kind: 'password', pattern: /(?<=\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s:@/]{1,64}:)[^\s:@/]{3,128}(?=@)/gi },
]
