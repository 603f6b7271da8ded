import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{tierEdges}from"./chunk-L5EK4Y43.mjs";import"./chunk-WBN53OI3.mjs";export{tierEdges};
