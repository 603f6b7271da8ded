// Evaluates expressions over plain data. There is no way from here to a prototype, a function or the environment.

import type { Json } from '../domain.ts'
import type { Args, Expr, Operator } from './ast.ts'
import { spend, spendText } from './budget.ts'
import { checkNamed } from './checks.ts'
import { TemplateFault } from './fault.ts'
import { type Filter, filterNamed } from './filters.ts'
import { methodNamed, range } from './methods.ts'
import { type Binding, findBinding, type Rendering, type Scope, variable } from './scope.ts'
import {
  contains,
  equal,
  identical,
  isList,
  isTruthy,
  type Meter,
  memberOf,
  numberOf,
  order,
  print,
  type Value,
} from './values.ts'

/** @throws TemplateFault for what cannot be computed and when the budget is used up */
export function evaluate(expression: Expr, scope: Scope, rendering: Rendering): Value {
  const meter: Meter = { budget: rendering.budget, at: expression.at, dialect: rendering.dialect }
  spend(rendering.budget, 1, expression.at)
  const value = (part: Expr): Value => evaluate(part, scope, rendering)
  const truth = (part: Expr): boolean => isTruthy(value(part), rendering.dialect)
  switch (expression.kind) {
    case 'literal':
      return expression.value
    case 'name':
      return lookup(expression.name, scope, rendering)
    case 'member':
      return member(expression.of, expression.key, scope, rendering)
    case 'slice':
      return slice(
        value(expression.of),
        expression.from && value(expression.from),
        expression.to && value(expression.to),
        meter,
      )
    case 'call':
      return (
        macroCall(expression.callee, expression.args, value, scope) ??
        call(expression.callee, expression.args, value, meter)
      )
    case 'filter':
      return applyFilter(expression, value, meter)
    case 'test':
      return checkNamed(expression.name, expression.at)(value(expression.input), firstOf(expression.args, value), meter)
    case 'not':
      return !truth(expression.value)
    case 'negative':
      return -numberOf(value(expression.value), meter)
    case 'binary':
      return binary(expression, value, meter)
    case 'choose':
      return truth(expression.test) ? value(expression.yes) : expression.no ? value(expression.no) : undefined
    case 'list':
      return expression.items.map((item) => value(item) ?? null)
    case 'dict':
      return dict(expression.entries, value, meter)
  }
}

type Evaluate = (part: Expr) => Value

function lookup(name: string, scope: Scope, rendering: Rendering): Value {
  const binding = findBinding(scope, name)
  return binding ? binding.value : variable(rendering, name)
}

/** The binding that a name, or a member of an imported template, stands for. */
function bindingAt(expression: Expr, scope: Scope): Binding | undefined {
  if (expression.kind === 'name') return findBinding(scope, expression.name)
  if (expression.kind !== 'member' || expression.of.kind !== 'name' || expression.key.kind !== 'literal')
    return undefined
  return findBinding(scope, expression.of.name)?.members?.get(String(expression.key.value))
}

function macroCall(callee: Expr, args: Args, value: Evaluate, scope: Scope): string | undefined {
  const macro = bindingAt(callee, scope)?.macro
  return macro?.({
    positional: args.positional.map(value),
    named: args.named.map(([name, part]) => [name, value(part)]),
    at: callee.at,
  })
}

function member(of: Expr, key: Expr, scope: Scope, rendering: Rendering): Value {
  const members = of.kind === 'name' ? findBinding(scope, of.name)?.members : undefined
  if (members) return members.get(String(evaluate(key, scope, rendering)))?.value
  const owner = evaluate(of, scope, rendering)
  const name = evaluate(key, scope, rendering)
  const fromRoot = of.kind === 'name' && (owner === rendering.env || owner === rendering.vars)
  if (fromRoot && typeof name === 'string') rendering.used.add(owner === rendering.vars ? name : `env.${name}`)
  return memberOf(owner, name)
}

function firstOf(args: readonly Expr[], value: Evaluate): Value {
  const [first] = args
  return first ? value(first) : undefined
}

function slice(of: Value, from: Value, to: Value, meter: Meter): Value {
  if (typeof of !== 'string' && !isList(of)) return undefined
  spendText(meter.budget, of.length, meter.at)
  const start = from === null || from === undefined ? 0 : numberOf(from, meter)
  return of.slice(start, to === null || to === undefined ? undefined : numberOf(to, meter))
}

function call(callee: Expr, args: Args, value: Evaluate, meter: Meter): Value {
  const values = args.positional.map(value)
  if (callee.kind === 'name' && callee.name === 'range') return range(values, meter)
  if (callee.kind === 'member' && callee.key.kind === 'literal') {
    return methodNamed(String(callee.key.value), callee.at)(value(callee.of), values, meter)
  }
  const name = callee.kind === 'name' ? `${callee.name}()` : 'This call'
  const remedy = 'Use a filter; the only function is range(), the only methods are items(), keys(), values() and get().'
  throw new TemplateFault(callee.at, `${name} is not a function of templates.`, remedy)
}

function applyFilter(expression: Extract<Expr, { kind: 'filter' }>, value: Evaluate, meter: Meter): Value {
  const filter = filterNamed(expression.name, expression.at)
  const args = orderArguments(filter, expression.args, value, expression)
  return filter.apply(value(expression.input), args, meter)
}

function orderArguments(
  filter: Filter,
  args: Args,
  value: Evaluate,
  where: { readonly name: string; readonly at: number },
): readonly Value[] {
  const ordered = args.positional.map(value)
  for (const [name, expression] of args.named) {
    const index = filter.parameters.indexOf(name)
    if (index < 0) {
      const known = filter.parameters.join(', ') || 'none'
      const what = `The filter \`${where.name}\` has no argument \`${name}\`.`
      throw new TemplateFault(where.at, what, `Its arguments: ${known}.`)
    }
    ordered[index] = value(expression)
  }
  return Array.from(ordered)
}

function dict(entries: readonly (readonly [Expr, Expr])[], value: Evaluate, meter: Meter): Value {
  const made: Record<string, Json> = Object.create(null)
  for (const [key, item] of entries) made[print(value(key), meter)] = value(item) ?? null
  return made
}

type Binary = Extract<Expr, { kind: 'binary' }>

function binary({ operator, left, right }: Binary, value: Evaluate, meter: Meter): Value {
  if (operator === 'and' || operator === 'or') {
    const first = value(left)
    return isTruthy(first, meter.dialect) === (operator === 'and') ? value(right) : first
  }
  return operators[operator](value(left), value(right), meter)
}

const operators: {
  readonly [operator in Exclude<Operator, 'and' | 'or'>]: (left: Value, right: Value, meter: Meter) => Value
} = {
  in: (left, right, meter) => contains(right, left, meter),
  '==': equal,
  '===': identical,
  '!=': (left, right, meter) => !equal(left, right, meter),
  '!==': (left, right, meter) => !identical(left, right, meter),
  '<': (left, right) => order(left, right) < 0,
  '<=': (left, right) => order(left, right) <= 0,
  '>': (left, right) => order(left, right) > 0,
  '>=': (left, right) => order(left, right) >= 0,
  '~': concatenate,
  '+': add,
  '-': arithmetic((left, right) => left - right),
  '*': arithmetic((left, right) => left * right),
  '/': arithmetic((left, right) => left / right),
  '//': arithmetic((left, right) => Math.floor(left / right)),
  '%': arithmetic((left, right) => left % right),
  '**': arithmetic((left, right) => left ** right),
}

function concatenate(left: Value, right: Value, meter: Meter): string {
  const texts = [print(left, meter), print(right, meter)] as const
  spendText(meter.budget, texts[0].length + texts[1].length, meter.at)
  return texts[0] + texts[1]
}

function add(left: Value, right: Value, meter: Meter): Value {
  if (typeof left === 'number' && typeof right === 'number') return left + right
  if (!isList(left) || !isList(right)) return concatenate(left, right, meter)
  spend(meter.budget, left.length + right.length, meter.at)
  return [...left, ...right]
}

function arithmetic(compute: (left: number, right: number) => number) {
  return (left: Value, right: Value, meter: Meter): number => {
    const result = compute(numberOf(left, meter), numberOf(right, meter))
    if (Number.isFinite(result)) return result
    throw new TemplateFault(meter.at, 'The result is not a finite number.', 'Check for zero before dividing.')
  }
}

/** The variable that an expression's value comes from, for the provenance of what it prints; null when it has none. */
export function originOf(expression: Expr, scope: Scope): string | null {
  switch (expression.kind) {
    case 'name': {
      const binding = findBinding(scope, expression.name)
      return binding ? binding.origin : expression.name
    }
    case 'literal':
      return null
    case 'member':
      return memberOrigin(expression, scope)
    case 'slice':
      return originOf(expression.of, scope)
    case 'call':
      return firstOrigin([expression.callee, ...expression.args.positional], scope)
    case 'filter':
      return firstOrigin([expression.input, ...expression.args.positional], scope)
    case 'test':
      return originOf(expression.input, scope)
    case 'not':
    case 'negative':
      return originOf(expression.value, scope)
    case 'binary':
      return firstOrigin([expression.left, expression.right], scope)
    case 'choose':
      return firstOrigin(expression.no ? [expression.yes, expression.no] : [expression.yes], scope)
    case 'list':
      return firstOrigin(expression.items, scope)
    case 'dict':
      return firstOrigin(
        expression.entries.map(([, value]) => value),
        scope,
      )
  }
}

function memberOrigin(expression: Extract<Expr, { kind: 'member' }>, scope: Scope): string | null {
  const origin = originOf(expression.of, scope)
  const named = expression.key.kind === 'literal' ? String(expression.key.value) : ''
  if (origin === '@root') return named
  return origin === 'env' ? `env.${named}` : origin
}

function firstOrigin(expressions: readonly Expr[], scope: Scope): string | null {
  for (const expression of expressions) {
    const origin = originOf(expression, scope)
    if (origin !== null) return origin
  }
  return null
}
