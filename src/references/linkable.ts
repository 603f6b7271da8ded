// What kinds of files take part in the graph, by name. Small, since it is asked before anything else of it is loaded.

const TEMPLATE =
  /\.(?:j2|jinja2?|njk|nunjucks|md|mdx|mdc|txt|tmpl|gotmpl|tpl|html?|xml|poml|prompt|prompty|hbs|handlebars|mustache|liquid|minijinja|erb|ejs|eex|twig|tera|mako|ftl|vm|scriban|stg?|template)$|\.blade\.php$/i
const DATA = /\.(?:ya?ml|json|jsonc|json5|toml|hcl|ini|cfg|conf|properties)$/i
const CODE =
  /\.(?:[cm]?[jt]sx?|pyi?|vue|svelte|astro|go|rb|rake|rs|php|java|kts?|scala|groovy|cs|swift|dart|exs?|lua|sh|bash)$/i

/** Endings of texts and data that a program may read, for patterns. */
export const TEXT_ENDS =
  'md|mdx|txt|j2|jinja2?|njk|nunjucks|tmpl|gotmpl|tpl|poml|prompt|prompty|hbs|handlebars|mustache|liquid|minijinja|erb|ejs|eex|twig|tera|mako|ftl|vm|scriban|stg?|template|ya?ml|jsonc?|toml|xml|baml|blade\\.php'

export const isPython = (path: string) => /\.pyi?$/i.test(path)
/** With components, whose scripts import as modules do. */
export const isScript = (path: string) => /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/i.test(path)
export const isTemplate = (path: string) => TEMPLATE.test(path)
export const isData = (path: string) => DATA.test(path)
export const isCode = (path: string) => CODE.test(path)

/** Whether a file of this name can be named by another, or name others. */
export const isLinkable = (path: string) => TEMPLATE.test(path) || DATA.test(path) || CODE.test(path)
