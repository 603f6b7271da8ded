// What every template engine compiles to; one evaluator renders it. `at` is an offset into the template's text.

export type Literal = null | boolean | number | string

export type Expr =
  | { readonly kind: 'literal'; readonly value: Literal; readonly at: number }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'member'; readonly of: Expr; readonly key: Expr; readonly at: number }
  | {
      readonly kind: 'slice'
      readonly of: Expr
      readonly from: Expr | null
      readonly to: Expr | null
      readonly at: number
    }
  | { readonly kind: 'call'; readonly callee: Expr; readonly args: Args; readonly at: number }
  | {
      readonly kind: 'filter'
      readonly name: string
      readonly input: Expr
      readonly args: Args
      readonly at: number
    }
  | {
      readonly kind: 'test'
      readonly name: string
      readonly input: Expr
      readonly args: readonly Expr[]
      readonly at: number
    }
  | { readonly kind: 'not'; readonly value: Expr; readonly at: number }
  | { readonly kind: 'negative'; readonly value: Expr; readonly at: number }
  | {
      readonly kind: 'binary'
      readonly operator: Operator
      readonly left: Expr
      readonly right: Expr
      readonly at: number
    }
  | {
      readonly kind: 'choose'
      readonly test: Expr
      readonly yes: Expr
      readonly no: Expr | null
      readonly at: number
    }
  | { readonly kind: 'list'; readonly items: readonly Expr[]; readonly at: number }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Expr, Expr])[]; readonly at: number }

export type Operator =
  | 'and'
  | 'or'
  | 'in'
  | '=='
  | '==='
  | '!='
  | '!=='
  | '<'
  | '<='
  | '>'
  | '>='
  | '~'
  | '+'
  | '-'
  | '*'
  | '/'
  | '//'
  | '%'
  | '**'

export type Args = { readonly positional: readonly Expr[]; readonly named: readonly (readonly [string, Expr])[] }

export type Node =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'output'; readonly value: Expr; readonly at: number }
  /** `{{name}}` of the literal engine: stays as written when there is no such variable. */
  | { readonly kind: 'placeholder'; readonly name: string; readonly written: string; readonly at: number }
  | {
      readonly kind: 'if'
      readonly test: Expr
      readonly yes: readonly Node[]
      readonly no: readonly Node[]
      readonly at: number
    }
  | {
      readonly kind: 'for'
      /** One name, or several to unpack; Handlebars' `each` also binds `@index`, `@key`, `@first`, `@last`. */
      readonly names: readonly string[]
      readonly each: boolean
      readonly list: Expr
      readonly body: readonly Node[]
      readonly otherwise: readonly Node[]
      readonly at: number
    }
  | { readonly kind: 'set'; readonly names: readonly string[]; readonly value: Expr; readonly at: number }
  | { readonly kind: 'capture'; readonly name: string; readonly body: readonly Node[]; readonly at: number }
  | {
      readonly kind: 'with'
      readonly name: string
      readonly value: Expr
      readonly body: readonly Node[]
      readonly at: number
    }
  | {
      readonly kind: 'include'
      readonly name: string
      readonly ignoreMissing: boolean
      /** Handlebars: the name that the context of the place has there; the partial sees it as its own root. */
      readonly context: string | null
      readonly at: number
    }
  | { readonly kind: 'extends'; readonly name: string; readonly at: number }
  | { readonly kind: 'block'; readonly name: string; readonly body: readonly Node[]; readonly at: number }
  | {
      readonly kind: 'import'
      readonly name: string
      /** One name for all that the other template binds at its top, or pairs of its names and ours. */
      readonly as: string | readonly (readonly [string, string])[]
      readonly withContext: boolean
      readonly at: number
    }
  | {
      readonly kind: 'macro'
      readonly name: string
      readonly parameters: readonly (readonly [string, Expr | null])[]
      readonly body: readonly Node[]
      readonly at: number
    }

/** Whose rules of truth and scope apply. */
export type Dialect = 'nunjucks' | 'jinja' | 'handlebars'
