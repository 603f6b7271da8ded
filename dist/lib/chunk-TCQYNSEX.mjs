import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{createGit}from"./chunk-ALTY6AHM.mjs";import"./chunk-VSOCIBZV.mjs";import"./chunk-WBN53OI3.mjs";export{createGit};
