import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{require_ajv}from"./chunk-RCAM6FKK.mjs";import"./chunk-BQE27522.mjs";import"./chunk-2S7UYGYW.mjs";export default require_ajv();
