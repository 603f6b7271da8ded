// Whether a file brings in a library that talks to models, or serves tools to them.

/** As far as imports reach, in characters. */
const MAX_IMPORTS = 8_000
const LIBRARY =
  /\b(?:langchain4j|langchain\w*|springframework\.ai|modelcontextprotocol|mark3labs\/mcp|fastmcp|rmcp|open_?ai|anthropic\w*|genai|google\.adk|genkit|semantic_?kernel|autogen\w*|crewai|instructor|pydantic_ai|llama_?index|mistralai|ollama|litellm|dspy|rig)\b/i
const IMPORT = /^\s*(?:import|from|use|using|require|const|var|let|"|\w+ ")/

export const usesModels = (text: string) =>
  text
    .slice(0, MAX_IMPORTS)
    .split('\n')
    .some((line) => IMPORT.test(line.slice(0, MAX_LINE)) && LIBRARY.test(line.slice(0, MAX_LINE)))
const MAX_LINE = 200
