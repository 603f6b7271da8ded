// Calls that are given the id of a model: what asks one, what sets one, what reads one from the environment.

export const ASKS_MODEL =
  /(^|\.|::)(openai|anthropic|google|mistral|groq|xai|vertex|azure|bedrock|openrouter|deepseek|cohere|ollama|perplexity|fireworks|togetherai|Chat\w+|Azure\w+|ChatOpenAI|ChatAnthropic|GenerativeModel|getGenerativeModel|get_model|generative_model|init_chat_model|replicate\.run|\w*LLM(?:Client|Provider)?(?:Config\w*|Client|Provider|Service)|initChatModel|chatModel|languageModel|chat|textEmbeddingModel|embedding|LLM|LM|Llm|OpenAIModel|AnthropicModel|GeminiModel|OpenAIChatModel|\w*Model|\w*Embeddings?|(?:Add|With)?(?:Azure)?(?:OpenAI|Ollama|Mistral|Google|Gemini|VertexAI|Anthropic|HuggingFace|Groq|Bedrock|Amazon|Cohere)\w*(?:Completion|Generation|Generator|Embedding|Embeddings)(?:Service|Client)?|\w*ChatClient|GetChatClient|from_pretrained|pipeline|subscribe|SentenceTransformer|CrossEncoder|a?trans(?:cribe|late)|transcriptions\.create|[Cc]reate_?(?:[Tt]ranscription|[Tt]ranslation|[Ss]peech|[Ii]mage(?:[Ee]dit)?)|create(?:Chat)?Completion|(?:[Cc]reate|[Gg]et|[Gg]enerate)(?:Chat)?(?:Completions?|Embeddings?)(?:Async)?|model|modelName|withModel|with_model|set_model|Model|ModelName)$/
export const ENVIRONMENT =
  /(^|\.)(getenv|environ\.get|env\.get|get|getOrDefault|env|ENV\.fetch|fetch|config|GetEnv\w*|getEnv\w*|get_env\w*|LookupEnv|envOr|unwrap_or\w*|Field|field|Option|option|add_argument|default|Value|var_os|str|String|cast|Input|Parameter|Annotated|parameter|TextField|CharField|mapped_column|Column|_get_env|first|or|z\.string|optional|Form|Query)$/

/** A builder's `.codeGenerationModelName("…")` */
export const SETS_MODEL =
  /(?:^|\.)(?!get|is|has|to|from|parse|format|resolve|map|display)[a-z]\w{0,40}Model(?:Name|Id)$/

/** `askClaude(prompt, "id")`, `generate_with_ollama("id", messages)`: a function of the program that is named after whom it asks. */
export const asksByName = (call: string) => ASKS_SOMEBODY.test(call)
const ASKS_SOMEBODY =
  /(?:^|[._]|::|->)(?:(?:ask|call|query|prompt|invoke|chat|complete|generate|run|stream|send|request)(?:_?(?:with|via|from|to|the))?|(?:get|fetch|make|create)(?=\w{1,24}(?:response|request|answer|reply|completion)s?(?:_?with\w*)?$))_?(?:(?:open_?)?ai|(?:chat_?)?gpt|claude|anthropic|gemini|deep_?seek|ollama|mistral|groq|grok|open_?router|bedrock|llms?)(?:_?(?:api|model|chat|stream|json|text|async|sync|request|response|answer|reply|completion|message)s?){0,3}(?:_?with_?\w{1,24})?$/i
