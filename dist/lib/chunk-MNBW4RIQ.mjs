import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{createGit}from"./chunk-4RM56PCN.mjs";import"./chunk-7Z7UG6XW.mjs";import"./chunk-VSOCIBZV.mjs";import"./chunk-WBN53OI3.mjs";export{createGit};
