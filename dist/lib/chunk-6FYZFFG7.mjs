import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
var BATCH_PROVIDERS=["openai","anthropic","gemini"],hasBatches=provider=>BATCH_PROVIDERS.some(one=>one===provider);export{hasBatches};
