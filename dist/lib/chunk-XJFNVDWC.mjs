import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{readReport,run}from"./chunk-ZDZETWGW.mjs";import"./chunk-7NGEHWSX.mjs";import"./chunk-47MF5RZQ.mjs";import"./chunk-AN3TEO57.mjs";import"./chunk-VVMEGNQN.mjs";import"./chunk-2S7UYGYW.mjs";export{readReport,run};
