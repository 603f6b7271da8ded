// Assertion types that other tools have and we do not run, each with the reason that the report gives.

const CODE = 'runs code outside a sandbox; use javascript'
const EMBEDDING = 'needs an embedding model'
const OWN_JUDGE = 'is a judge with its own prompt; write it as llm-rubric'
const TRACE = 'reads traces that a run of ours does not have'
const NGRAM = 'is not built in; rouge-n and levenshtein are'
const MARKUP = 'is not built in; use javascript or regex'
const LOGPROBS = 'needs log probabilities'
const COMPARES = 'compares several outputs; both sides are compared by the run itself'

/** Base names, without `not-`, but for one whose opposite alone makes no sense. */
export const notRunnable: { readonly [type: string]: string } = {
  'agent-rubric': OWN_JUDGE,
  'answer-relevance': OWN_JUDGE,
  'assert-set': 'is a group of assertions, not one; list them singly',
  bleu: NGRAM,
  classifier: 'needs a hosted classifier',
  'contains-html': MARKUP,
  'contains-sql': MARKUP,
  'contains-xml': MARKUP,
  'context-faithfulness': OWN_JUDGE,
  'context-recall': OWN_JUDGE,
  'context-relevance': OWN_JUDGE,
  'conversation-relevance': OWN_JUDGE,
  factuality: OWN_JUDGE,
  'g-eval': OWN_JUDGE,
  gleu: NGRAM,
  guardrails: 'reads the result of a guardrail service',
  human: 'needs a person',
  'is-html': MARKUP,
  'is-sql': MARKUP,
  'is-valid-function-call': 'is not built in; use javascript on context.toolCalls',
  'is-valid-openai-function-call': 'is not built in; use javascript on context.toolCalls',
  'is-valid-openai-tools-call': 'is not built in; use javascript on context.toolCalls',
  'is-xml': MARKUP,
  'max-score': COMPARES,
  meteor: NGRAM,
  'model-graded-closedqa': OWN_JUDGE,
  'model-graded-factuality': OWN_JUDGE,
  moderation: 'needs a moderation service',
  'not-select-best': 'has no opposite; turn the criterion of select-best round',
  perplexity: LOGPROBS,
  'perplexity-score': LOGPROBS,
  pi: 'needs a hosted scorer',
  python: CODE,
  ruby: CODE,
  'search-rubric': 'searches the web',
  similar: EMBEDDING,
  'similar:cosine': EMBEDDING,
  'similar:dot': EMBEDDING,
  'similar:euclidean': EMBEDDING,
  'skill-used': TRACE,
  'tool-call-f1': 'is not built in; use javascript on context.toolCalls',
  'trace-error-spans': TRACE,
  'trace-span-count': TRACE,
  'trace-span-duration': TRACE,
  'trajectory:goal-success': TRACE,
  'trajectory:step-count': TRACE,
  'trajectory:tool-args-match': TRACE,
  'trajectory:tool-sequence': TRACE,
  'trajectory:tool-used': TRACE,
  webhook: 'posts outputs to another host',
}
