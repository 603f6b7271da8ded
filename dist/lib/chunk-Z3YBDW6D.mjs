import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{QuickJSAsyncWASMModule}from"./chunk-6RQSEPCW.mjs";import"./chunk-V2NJW7I7.mjs";import"./chunk-WBN53OI3.mjs";export{QuickJSAsyncWASMModule};
