import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{readReport,run}from"./chunk-V6EZDIIU.mjs";import"./chunk-VVQW3LR6.mjs";import"./chunk-A2WUONL5.mjs";import"./chunk-GPRO7NEU.mjs";import"./chunk-RCPHXYDQ.mjs";import"./chunk-RJALCENQ.mjs";import"./chunk-5FE7G3I5.mjs";import"./chunk-VSOCIBZV.mjs";import"./chunk-WBN53OI3.mjs";export{readReport,run};
