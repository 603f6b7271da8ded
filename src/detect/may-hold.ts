// Whether a file is worth reading as code: passes over its text for words without which it holds neither a pin nor a prompt.
// Wide on purpose: a word too many costs a little time, a word too few a prompt.

/** Families of models, and versions that stand beside a model's name. */
const PIN =
  /gpt|claude|gemini|gemma|mistral|mixtral|ministral|magistral|codestral|devstral|pixtral|voxtral|llama|grok|deepseek|qwen|qwq|kimi|moonshot|embed(?:ding)?-|nomic-embed|jina-embed|mxbai|davinci|babbage|voyage|titan|jamba|sonar|whisper|dall-e|minimax|ernie|hunyuan|doubao|minilm|dbrx|rerank-|eleven_|scribe_|moondream|minicpm|internvl|olmo|exaone|stablelm|openchat|recraft|kling-|sora-|hermes|nemotron|wizardlm|model_?version|\b(?:o[1345]\b|phi-?\d|glm-|nova-|tts-|veo-|yi-|b[cg]e-|abab\d|j2-|solar-|imagen-|command-(?:r|a|light|nightly))|(?:model|llm)["']?\s*[:=]\s*["']command/i

/** Names and calls under which little has to be said for a text to be a prompt. */
const CARRIER =
  /prompt|instruction|persona\b|preamble|rubric|guardrail|backstory|few_?shots?|tool_?description|input_?schema|schemars|jsonschema(?:_description)?:|kernel_function|modelDescription|JsonPropertyDescription|structured_?output|response_?(?:model|schema)|output_type|genai\.Text|model\.chat|Tool(?:Function|Param|Property|Spec)|system_?(?:message|msg|template|text)|from_?messages|generate_?(?:text|object|content)|stream_?(?:text|object)|completions?\s*[.(]|(?:messages|responses)\s*\.\s*(?:create|stream|parse)|invoke_?model/i
/** Classes of frameworks; in lower case these are everyday words. */
const CLASS = /(?:System|Human|AI|User|Assistant)(?:Chat)?(?:Request)?Message|[a-z]?Agent\s*[({]/
const ROLE = /\brole\b["']?\s*(?:[:=,]|=>)/i
const CONTENT = /\b(?:content|parts|text)\b["']?\s*(?:[:=]|=>)/i

/** Words to a model, wherever they stand. */
const SPEECH =
  /\byou (?:are|will)\b|\byou're\b|\byour (?:task|job|role|goal|objective|purpose|output|response|answer|reply)\b|\b(?:respond|reply|answer) (?:only|with|in|as|strictly|using|concisely|briefly|to|the)\b|\boutput (?:only|strictly|in|as)\b|\breturn (?:only|a json|json|the json|your|exactly)\b|\b(?:valid|strict|raw) json\b|\bno (?:markdown|preamble|explanation)|\b(?:the following|given|provided|below) (?:text|context|question|document|conversation|content|code|information|data|article|email|transcript|message|user|query|json|chunk|passage)|\bstep[- ]by[- ]step\b|\bif you (?:don't|do not|cannot|can't|are)\b|\b(?:du bist|tu es|vous êtes|eres|usted es|você é|sei un)\b|ты [—-]|вы [—-]|你是|您是|请(?:根据|用|将|你)|あなたは|してください|당신은|<(?:instructions?|context|rules|task|documents?)>/i
const ORDER =
  /["'`]\s{0,20}(?:#+ [^\n]{0,80}\n+)?(?:summari[sz]e|translate|extract|classify|analy[sz]e|generate|rewrite|evaluate|identify|act as|given|based on|use the|answer the|imagine|write (?:a|an|the)|create (?:a|an)|describe|compare|determine|decide|convert|review)\s+\w/i

/** Where a path speaks of prompts, less has to be said in the file. */
const PLACE = /prompt|agent|llm/i

export const mayHold = (path: string, text: string) =>
  PLACE.test(path) ||
  PIN.test(text) ||
  CARRIER.test(text) ||
  CLASS.test(text) ||
  SPEECH.test(text) ||
  ORDER.test(text) ||
  (ROLE.test(text) && CONTENT.test(text))
