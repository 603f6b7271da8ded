import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{readReport,run}from"./chunk-TTMA3EYI.mjs";import"./chunk-7NGEHWSX.mjs";import"./chunk-4OZWJNNK.mjs";import"./chunk-NHQYLZ74.mjs";import"./chunk-VVMEGNQN.mjs";import"./chunk-2S7UYGYW.mjs";export{readReport,run};
