// Calls that give a text to a model: what makes a message of it, and what is asked.

import type { Text } from './reading.ts'

/** Classes and functions that make a message or a template of their argument. */
const CARRIERS =
  /(^|\.|::)(ChatPromptTemplate|PromptTemplate|SystemMessagePromptTemplate|HumanMessagePromptTemplate|FewShotPromptTemplate|SystemMessage|HumanMessage|AIMessage|SystemChatMessage|UserMessage|SystemChatRequestMessage|ChatRequestSystemMessage|ChatRequestUserMessage|ChatHistory|AssistantMessage|SystemMessagePrompt|defaultSystem|withSystemPrompt|CreateFunctionFromPrompt|InvokePromptAsync)(\.|::|$)|(^|\.)(from_messages|fromMessages|from_template|fromTemplate|addSystemMessage|AddSystemMessage|system_prompt|systemPrompt|with_instructions|fromNamesAndDescriptions|from_names_and_descriptions|preamble|initiate_chat|(?:system|human)_?[mM]essage)$/

/** What Go's libraries make messages with: `genai.Text("…")`, `ai.WithPrompt("…")`, `anthropic.NewTextBlock("…")`. */
const OF_GO =
  /^(?:genai\.(?:Text|NewPartFromText|NewContentFromText)|ai\.(?:WithPrompt|WithSystem|NewTextPart|New\w+TextMessage)|anthropic\.NewTextBlock)$/
export const isCarrier = (call: string) => CARRIERS.test(call) || OF_GO.test(call)

/** Calls and classes that ask a model, or are set up to. */
export const MODEL_CALLS =
  /(generateText|streamText|generateObject|streamObject|generateContent|generate_content|generate_content_stream|createChatCompletion|completions\.create|messages\.(create|stream)|responses\.(create|parse)|acompletion|completion|CreateChatCompletion|chat_completion|invoke_model|definePrompt|Agent|AssistantAgent|LlmAgent|createAgent)$/

/** `llm.invoke("…")`, `llm(f"…")`, `model.generate_content([image, "…"])`: what a call to a model is given first. */
const ASKED =
  /(?:^|[._])(?:ai|llm|model|chat_?model|gemini|claude|gpt)\w*(?:\.|::|->)(?:a?invoke|predict|a?complete|generate|generate\w+|stream|chat|prompt)$|(?:^|\.)llm$|generate_?content\w*$|(?:^|[._])(?:ask|call|query|run|invoke|chat_?with)_?(?:the_?)?(?:llm|model|gpt|chat_?gpt|claude|gemini|openai)(?:_?async)?$|(?:^|[._])(?:generate|get|create|fetch|request|query|run|call|send|simple|basic|chat)\w*completions?$|(?:^|[._])agent\w*\.(?:a?run|run_sync|invoke|generate|prompt|chat)$|(?:^|\.)chatModel\.call$/i
export function isAsked({ name }: Text, calls: readonly string[]): boolean {
  const call = calls.find((one) => !/^(?:_|gettext)$/.test(one)) ?? ''
  // `LLMError::Stream("…")` says what went wrong.
  return name === '' && ASKED.test(call) && !/(?:Error|Exception)(?:\.|::)/.test(call)
}
