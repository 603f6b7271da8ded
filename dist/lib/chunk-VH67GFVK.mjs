import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{readReport,run}from"./chunk-TITO4RKR.mjs";import"./chunk-7NGEHWSX.mjs";import"./chunk-Z4BYRLZZ.mjs";import"./chunk-O2TM77PY.mjs";import"./chunk-VVMEGNQN.mjs";import"./chunk-2S7UYGYW.mjs";export{readReport,run};
