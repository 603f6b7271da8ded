// `provider/model` as eval sets write it.

export const providerOf = (model: string) => model.slice(0, Math.max(0, model.indexOf('/')))
export const bareOf = (model: string) => model.slice(model.indexOf('/') + 1)

/** A bare id is at the provider of the model whose place it takes. */
export const withProvider = (id: string, like: string) => (id.includes('/') ? id : `${providerOf(like)}/${id}`)

export const isModelName = (name: string) => /^[^/\s]+\/\S+$/.test(name)
