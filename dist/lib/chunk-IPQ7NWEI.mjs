import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{createGit}from"./chunk-QZFKJRSS.mjs";import"./chunk-KYNVC2YA.mjs";import"./chunk-VSOCIBZV.mjs";import"./chunk-WBN53OI3.mjs";export{createGit};
