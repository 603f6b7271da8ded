import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{parity,survey}from"./chunk-ENTIUIJZ.mjs";import"./chunk-CY72ZU7J.mjs";import"./chunk-RJALCENQ.mjs";import"./chunk-6LBI7QVP.mjs";import"./chunk-ORI2EADR.mjs";import"./chunk-5FE7G3I5.mjs";import"./chunk-V53MK34X.mjs";import"./chunk-VSOCIBZV.mjs";import"./chunk-WBN53OI3.mjs";export{parity,survey};
