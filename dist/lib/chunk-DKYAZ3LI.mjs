import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{readReport,run}from"./chunk-WIQWD7WE.mjs";import"./chunk-VVQW3LR6.mjs";import"./chunk-7HKN77RD.mjs";import"./chunk-QLURZXQ3.mjs";import"./chunk-RJALCENQ.mjs";import"./chunk-5FE7G3I5.mjs";import"./chunk-VSOCIBZV.mjs";import"./chunk-WBN53OI3.mjs";export{readReport,run};
