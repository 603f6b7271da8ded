import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{changedPins}from"./chunk-YR44JRHB.mjs";import"./chunk-WGZHQW3C.mjs";import"./chunk-LMKOSVD7.mjs";import"./chunk-WBN53OI3.mjs";export{changedPins};
