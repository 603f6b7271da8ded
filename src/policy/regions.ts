// `policy.regions`: where a model runs, as far as its id or its address shows it. What shows nothing is named, not guessed.

import type { Config, NameLists } from '../config/config.ts'
import type { Finding } from '../domain.ts'
import type { PolicyInput } from '../policy.ts'
import { matcher, resolved } from './model-names.ts'
import type { UsedModel } from './used-models.ts'

export function regionFindings({ used, policy, models, providers }: PolicyInput): readonly Finding[] {
  const lists = [policy.regions, ...(policy.before?.regions ? [policy.before.regions] : [])]
  if (lists.every(({ allow, deny }) => allow === undefined && deny === undefined)) return []
  const regions = used.map((one) => ({ one, region: regionOf(one.id, { models, providers }) }))
  const silent = regions.filter(({ region }) => region === null).map(({ one }) => one)
  return [
    ...regions.flatMap(({ one, region }) => (region === null ? [] : violation(one, region, lists))),
    ...(silent.length === 0 ? [] : [unknown(silent)]),
  ]
}

function violation(one: UsedModel, region: string, lists: readonly NameLists[]): readonly Finding[] {
  const deny = lists.find((list) => list.deny !== undefined && matcher(list.deny)(region))?.deny
  const allow = lists.find((list) => list.allow !== undefined && !matcher(list.allow)(region))?.allow
  const broken = deny ?? allow
  if (broken === undefined) return []
  return [
    {
      rule: 'policy-region',
      level: 'fail',
      evalSet: one.evalSet,
      message: `${one.id} runs in ${region}, which is ${deny ? 'denied' : 'not allowed'} by policy.regions.`,
      threshold: broken.join(', '),
      value: region,
      remedy: 'Use a profile or an endpoint of an allowed region, or change the policy in a pull request of its own.',
      place: one.place,
    },
  ]
}

function unknown(silent: readonly UsedModel[]): Finding {
  const ids = [...new Set(silent.map(({ id }) => id))]
  const shown = ids.slice(0, 5).join(', ')
  return {
    rule: 'policy-region',
    level: 'note',
    evalSet: null,
    message: `Neither id nor address shows the region of ${shown}${ids.length > 5 ? ` and ${ids.length - 5} more` : ''}: \`policy.regions\` says nothing about it.`,
    threshold: null,
    value: String(ids.length),
    remedy: 'Name a regional endpoint or `region:` under `providers:`, or a regional inference profile.',
    evidence: ids.slice(0, 20),
  }
}

type Where = Pick<Config, 'models' | 'providers'>

/** In lower case; null when nothing shows it. */
export function regionOf(id: string, { models, providers }: Where): string | null {
  for (const name of new Set([id, resolved(id, models)])) {
    const found = inId(name.toLowerCase()) ?? inProvider(name, providers)
    if (found !== null) return found
  }
  return null
}

const PROFILE = /(?:^|[/:])(global|us-gov|us|eu|apac|jp|au|ca|in)\.(?=[a-z0-9-]+\.[a-z])/
const ARN = /(?:^|[/:])arn:aws[a-z-]*:bedrock:([a-z0-9-]+):/
const LOCATION = /(?:^|\/)locations\/([a-z0-9-]+)\//

/** A Bedrock profile or ARN, a Vertex resource name. A profile may answer from several regions, and is called by its own name. */
function inId(id: string): string | null {
  return (PROFILE.exec(id) ?? ARN.exec(id) ?? LOCATION.exec(id))?.[1] ?? null
}

function inProvider(id: string, providers: Config['providers']): string | null {
  const prefix = id.slice(0, Math.max(0, id.indexOf('/')))
  const entry = Object.hasOwn(providers, prefix) ? providers[prefix] : undefined
  if (entry === undefined) return null
  if (entry.region !== undefined) return entry.region.toLowerCase()
  return entry.baseUrl === undefined ? null : inAddress(entry.baseUrl)
}

const CLOUD =
  /^(?:(?:us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|asia|europe|northamerica|southamerica|australia|africa)-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-?\d{1,2})(?=$|-aiplatform)/
const AREA = /^(?:us|eu|ca|au|jp|in|uk)$/
/** Azure writes its regions in one word. */
const AZURE =
  /^(?:(?:east|west|central|north|south|northcentral|southcentral|westcentral)us\d?|(?:north|west)europe|(?:uk|france|germany|switzerland|norway|poland|italy|spain|sweden|austria|belgium|denmark|israel|qatar|uae|southafrica|japan|korea|australia|canada|brazil|mexico|newzealand|malaysia|indonesia|chile)(?:north|south|east|west|central|northcentral|westcentral|southeast|southcentral)\d?|(?:south|central|west)india|(?:east|southeast)asia)$/

function inAddress(address: string): string | null {
  if (!URL.canParse(address)) return null
  // The last label is a country's or a company's, and says nothing about where a machine stands.
  const labels = new URL(address).hostname.toLowerCase().split('.').slice(0, -1)
  for (const label of labels) {
    const cloud = CLOUD.exec(label)?.[0]
    if (cloud !== undefined) return cloud
    if (AREA.test(label) || AZURE.test(label)) return label
  }
  return null
}
