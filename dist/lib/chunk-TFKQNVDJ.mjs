import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{changedPins}from"./chunk-35XR63PL.mjs";import"./chunk-VNRSFOE6.mjs";import"./chunk-AMDDB3NL.mjs";import"./chunk-WBN53OI3.mjs";export{changedPins};
