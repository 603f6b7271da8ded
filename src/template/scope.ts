// Names while rendering: the case's variables, what the template binds, and the allowed part of the environment.

import type { JsonObject } from '../domain.ts'
import type { Dialect } from './ast.ts'
import type { Budget } from './budget.ts'
import { ownValue, type Value } from './values.ts'

/** `origin` is the variable that a bound value comes from; null for text that the template itself made. */
export type Binding = {
  readonly value: Value
  readonly origin: string | null
  /** What a macro writes for its arguments. */
  readonly macro?: (args: MacroArguments) => string
  /** What an imported template binds at its top. */
  readonly members?: ReadonlyMap<string, Binding>
}
export type MacroArguments = {
  readonly positional: readonly Value[]
  readonly named: readonly (readonly [string, Value])[]
  readonly at: number
}

export type Scope = { readonly bindings: Map<string, Binding>; readonly parent: Scope | null }

/** What one rendering reads and uses up. */
export type Rendering = {
  readonly vars: JsonObject
  readonly env: { readonly [name: string]: string }
  readonly dialect: Dialect
  readonly budget: Budget
  /** Names of variables that were looked up. */
  readonly used: Set<string>
}

export function childScope(parent: Scope | null): Scope {
  return { bindings: new Map(), parent }
}

export function findBinding(scope: Scope, name: string): Binding | undefined {
  for (let current: Scope | null = scope; current; current = current.parent) {
    const binding = current.bindings.get(name)
    if (binding) return binding
  }
  return undefined
}

/** Sets a name: Nunjucks changes an outer template variable from inside a loop, Jinja makes a new one. */
export function bind(scope: Scope, name: string, binding: Binding, dialect: Dialect): void {
  let owner: Scope | null = scope
  while (dialect === 'nunjucks' && owner && !owner.bindings.has(name)) owner = owner.parent
  const target = owner ?? scope
  target.bindings.set(name, binding)
}

/** Value of a variable of the case; `env` is the allowed environment unless the case has a variable of that name. */
export function variable(rendering: Rendering, name: string): Value {
  if (name === '@root') return rendering.vars
  rendering.used.add(name)
  const value = ownValue(rendering.vars, name)
  return value === undefined && name === 'env' ? rendering.env : value
}
